// Stands in front of an orchestrator and lets only requests through that are signed with a known key.
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
  console.error(`There is no folder ${values.keys}: make one with the public keys in PEM, or name it with --keys.`);
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
