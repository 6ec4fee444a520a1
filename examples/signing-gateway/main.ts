// Accepts requests that are signed with a known key, and forwards them to an orchestrator: main.ts [--keys DIRECTORY]
// [--target URL] [--host HOST] [--port PORT] [--authority HOST:PORT …]. Without --keys it knows your own key, and makes it if
// there is none.
import { readdir, readFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { Bacalhau } from 'bacalhau-sdk';
import { importPublicKey, MemoryReplayCache, type PublicKey } from 'bacalhau-sdk/signatures';
import { createGateway, STARTUP_MS } from './gateway.ts';

const { values } = parseArgs({
  options: {
    target: { type: 'string', default: new Bacalhau().baseUrl },
    keys: { type: 'string' },
    host: { type: 'string', default: '127.0.0.1' },
    port: { type: 'string', default: '8080' },
    authority: { type: 'string', multiple: true, default: [] },
  },
});

const keys = new Map<string, PublicKey>();
for (const pem of values.keys === undefined ? [await ownKey()] : await keysIn(values.keys)) {
  const key = await importPublicKey(pem);
  keys.set(key.keyId, key);
}

/** The key with which clients of this user on this machine sign. */
async function ownKey(): Promise<string> {
  const { publicKey } = await new Bacalhau().identity('ed25519');
  return publicKey;
}

async function keysIn(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch(() => {
    console.error(`The folder '${folder}' does not exist. Create it with the public keys in PEM.`);
    process.exit(2);
  });
  return Promise.all(names.map((name) => readFile(join(folder, name), 'utf8')));
}

const authority = [...values.authority];
const replayCache = new MemoryReplayCache();
const gateway = createGateway({ target: values.target, authority, replayCache, keys, log: console.log });
console.log(`Starting in ${STARTUP_MS / 1_000} seconds: what was signed before may have been used before.`);
await setTimeout(STARTUP_MS);
gateway.listen(Number(values.port), values.host, () => {
  const { address, port, family } = gateway.address() as AddressInfo;
  const url = new URL(`http://${family === 'IPv6' ? `[${address}]` : address}:${port}`);
  if (authority.length === 0) authority.push(url.host);
  const known = keys.size === 1 ? '1 key' : `${keys.size} keys`;
  console.log(`Listening at ${url.origin} for ${known}, as ${authority.join(', ')}, in front of ${values.target}`);
});
