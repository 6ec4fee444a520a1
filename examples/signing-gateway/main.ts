// Accepts requests that are signed with a known key, and forwards them to an orchestrator: main.ts [--keys DIRECTORY]
// [--target URL] [--host HOST] [--port PORT] [--authority HOST:PORT …]
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
    keys: { type: 'string', default: 'keys' },
    host: { type: 'string', default: '127.0.0.1' },
    port: { type: 'string', default: '8080' },
    authority: { type: 'string', multiple: true, default: [] },
  },
});

const keys = new Map<string, PublicKey>();
const names = await readdir(values.keys).catch(() => {
  console.error(
    `The folder '${values.keys}' does not exist. Create it with the public keys in PEM, or pass another one with --keys.`,
  );
  process.exit(2);
});
for (const name of names) {
  const key = await importPublicKey(await readFile(join(values.keys, name), 'utf8'));
  keys.set(key.keyId, key);
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
  console.log(
    `Listening at ${url.origin} for ${keys.size} keys, as ${authority.join(', ')}, in front of ${values.target}`,
  );
});
