// A program that makes a key in the directory that it is given, and prints why it could not.
import { Bacalhau } from '../../../dist/index.mjs';

const [, , dir] = process.argv;
const failure = await new Bacalhau({ dir, env: {} }).identity().catch((error) => error);
console.log(JSON.stringify({ name: failure.name, message: failure.message }));
