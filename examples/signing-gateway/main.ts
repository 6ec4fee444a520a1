// Accepts requests that are signed with a known key, and forwards them to an orchestrator: main.ts [--keys DIRECTORY]
// [--target URL] [--host HOST] [--port PORT]
import { readdir, readFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Bacalhau, importPublicKey, type PublicKey } from 'bacalhau-sdk';
import { createGateway } from './gateway.ts';

const { values } = parseArgs({
  options: {
    target: { type: 'string', default: new Bacalhau().baseUrl },
    keys: { type: 'string', default: 'keys' },
    host: { type: 'string', default: '127.0.0.1' },
    port: { type: 'string', default: '8080' },
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

const gateway = createGateway({ target: values.target, keys, log: console.log });
gateway.listen(Number(values.port), values.host, () => {
  const { address, port } = gateway.address() as AddressInfo;
  console.log(`Listening at http://${address}:${port} for ${keys.size} keys, in front of ${values.target}`);
});
