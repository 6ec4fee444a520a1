import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Bacalhau } from '../../src/client/bacalhau.js';
import { ConnectionError } from '../../src/errors/call-errors.js';
import { connect as connectTransport } from '../../src/http/connect.js';
import type { ClientOptions } from '../../src/http/options.js';
import { type Certificates, makeCertificates } from '../support/certificates.js';
import { type ChildServer, childServer } from '../support/child-server.js';
import { keyDirectory } from '../support/key-directory.js';
import { networkUrl } from '../support/network.js';
import { ownServer } from '../support/own-server.js';
import { prepareLogs, upgradeStatus } from '../support/upgrade.js';

jest.setTimeout(60_000);

const dir = keyDirectory();
let proxy: ChildServer;
let folder: string;
let files: Certificates;
beforeAll(async () => {
  proxy = await childServer('proxy.mjs', { user: 'ada:hunter2' });
  folder = await mkdtemp(join(tmpdir(), 'bacalhau-proxy-'));
  files = await makeCertificates(folder);
});
afterAll(async () => {
  await proxy[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});
const secure = ownServer(() => ({ config: { API: { TLS: { CertFile: files.certificate, KeyFile: files.key } } } }));

/** The proxy's address with its password, and what it reported since this was called. */
function throughProxy() {
  const before = proxy.lines.length;
  return { address: proxy.url.replace('//', '//ada:hunter2@'), seen: () => proxy.lines.slice(before) };
}

async function listOnce(options: ClientOptions): Promise<void> {
  await using bacalhau = new Bacalhau({ dir, maxRetries: 0, ...options });
  await bacalhau.jobs.list();
}

async function upgradeOnce(options: ClientOptions): Promise<number> {
  const transport = connectTransport({ dir, ...options });
  try {
    return await upgradeStatus(await prepareLogs(transport));
  } finally {
    transport.close();
  }
}

const port = () => new URL(networkUrl()).port;

test('calls over http go to the proxy of HTTP_PROXY', async () => {
  const { address, seen } = throughProxy();
  await listOnce({ host: 'orchestrator.test', port: Number(port()), env: { HTTP_PROXY: address } });
  expect(seen()).toEqual([`FORWARD orchestrator.test:${port()}`]);
});

test('calls over https go through a tunnel of HTTPS_PROXY, and the certificate is checked at its end', async () => {
  const { address, seen } = throughProxy();
  const target = { host: 'orchestrator.test', port: secure.devnet.port, https: true } as const;
  await listOnce({ ...target, env: { HTTPS_PROXY: address }, tls: { caFile: files.ca } });
  expect(seen()).toEqual([`CONNECT orchestrator.test:${secure.devnet.port}`]);
  await expect(listOnce({ ...target, env: { HTTPS_PROXY: address } })).rejects.toThrow(/not trusted/);
});

test('the log socket goes through a tunnel, over http and over https', async () => {
  const { address, seen } = throughProxy();
  expect(await upgradeOnce({ host: 'orchestrator.test', port: Number(port()), env: { HTTP_PROXY: address } })).toBe(
    101,
  );
  expect(
    await upgradeOnce({
      ...{ host: 'orchestrator.test', port: secure.devnet.port, https: true },
      ...{ env: { HTTPS_PROXY: address }, tls: { caFile: files.ca } },
    }),
  ).toBe(101);
  expect(seen()).toEqual([`CONNECT orchestrator.test:${port()}`, `CONNECT orchestrator.test:${secure.devnet.port}`]);
});

test('the option proxy does the same', async () => {
  const { address, seen } = throughProxy();
  await listOnce({ host: 'orchestrator.test', port: Number(port()), env: {}, proxy: address });
  expect(seen()).toHaveLength(1);
});

test('loopback addresses never go through one, neither calls nor the log socket', async () => {
  const { address, seen } = throughProxy();
  const env = { HTTP_PROXY: address, http_proxy: address, HTTPS_PROXY: address };
  await listOnce({ baseUrl: networkUrl(), env });
  await listOnce({ host: 'localhost', port: Number(port()), env, proxy: address });
  expect(await upgradeOnce({ baseUrl: networkUrl(), env })).toBe(101);
  expect(seen()).toEqual([]);
});

test('neither do hosts that NO_PROXY lists, nor any with proxy: false', async () => {
  const { address, seen } = throughProxy();
  const target = { host: 'orchestrator.test', port: Number(port()), timeoutMs: 5_000 };
  await expect(listOnce({ ...target, env: { HTTP_PROXY: address, NO_PROXY: '.test' } })).rejects.toThrow(
    /cannot be found/,
  );
  await expect(listOnce({ ...target, env: { HTTP_PROXY: address }, proxy: false })).rejects.toThrow(/cannot be found/);
  expect(seen()).toEqual([]);
});

test('a proxy that refuses is an error without its password', async () => {
  const { address } = throughProxy();
  const wrong = address.replace('hunter2', 'hunter3secret');
  const target = { host: 'orchestrator.test', port: secure.devnet.port, https: true };
  const refused = listOnce({ ...target, env: { HTTPS_PROXY: wrong } });
  await expect(refused).rejects.toBeInstanceOf(ConnectionError);
  await expect(refused).rejects.toThrow(/the proxy \S+ answered 407, and did not connect to .*HTTPS_PROXY/);
  await expect(refused).rejects.not.toThrow(/hunter3secret/);
});
