// vitest run
import { type Devnet, startDevnet } from 'bacalhau-devnet';
import { Bacalhau, wasm } from 'bacalhau-sdk';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { helloModule } from '../../lib/hello-module.ts';
import { firstLine } from './first-line.ts';

let devnet: Devnet | undefined;
let bacalhau: Bacalhau;
beforeAll(async () => {
  devnet = await startDevnet();
  bacalhau = new Bacalhau({ baseUrl: devnet.url });
}, 600_000); // the first start on a machine may have to build the server
afterAll(async () => {
  await bacalhau?.close();
  await devnet?.stop();
});

test('the first line is what the job prints first', async () => {
  expect(await firstLine(bacalhau, wasm({ module: await helloModule('one') }))).toBe('one');
});
