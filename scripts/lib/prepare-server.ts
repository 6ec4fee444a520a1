// Has the pinned Bacalhau server built before the tests start, so that no test waits for a compiler.
import { ensureServer } from 'bacalhau-devnet';

const server = await ensureServer({ server: 'pinned', onProgress: (message) => console.log(message) });
console.log(`bacalhau ${server.version}: ${server.path}`);
