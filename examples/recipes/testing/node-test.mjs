// node --test testing/node-test.mjs
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startDevnet } from 'bacalhau-devnet';
import { Bacalhau, wasm } from 'bacalhau-sdk';
import { helloModule } from '../../lib/hello-module.ts';
import { firstLine } from './first-line.ts';

let devnet;
let bacalhau;
before(async () => {
  devnet = await startDevnet();
  bacalhau = new Bacalhau({ baseUrl: devnet.url });
});
after(async () => {
  await bacalhau?.close();
  await devnet?.stop();
});

test('the first line is what the job prints first', async () => {
  assert.equal(await firstLine(bacalhau, wasm({ module: await helloModule('one') })), 'one');
});
