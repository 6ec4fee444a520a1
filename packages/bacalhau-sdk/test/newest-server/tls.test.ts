import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Bacalhau } from '../../src/client/bacalhau.js';
import { ConnectionError } from '../../src/errors/call-errors.js';
import { ConfigurationError } from '../../src/errors/client-errors.js';
import { fetchExternal } from '../../src/external/external-request.js';
import { connect as connectTransport } from '../../src/http/connect.js';
import type { ClientOptions } from '../../src/http/options.js';
import { type Certificates, makeCertificates } from '../support/certificates.js';
import { keyDirectory } from '../support/key-directory.js';
import { ownServer } from '../support/own-server.js';
import { prepareLogs, upgradeStatus } from '../support/upgrade.js';

jest.setTimeout(60_000);

const dir = keyDirectory();
let folder: string;
let files: Certificates;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bacalhau-tls-'));
  files = await makeCertificates(folder);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const clients: Bacalhau[] = [];
afterAll(() => Promise.all(clients.map((client) => client.close())));
function connect(options: ClientOptions): Bacalhau {
  const client = new Bacalhau({ dir, env: {}, ...options });
  clients.push(client);
  return client;
}
const list = async (options: ClientOptions): Promise<number> => (await connect(options).jobs.list()).items.length;

describe('a certificate of an authority of one’s own', () => {
  const server = ownServer(() => ({
    config: { API: { TLS: { CertFile: files.certificate, KeyFile: files.key } } },
  }));

  test('is trusted when the authority is named: by its file, its text, the environment', async () => {
    const { url: baseUrl, devnet } = server;
    expect(await list({ baseUrl, tls: { caFile: files.ca } })).toBe(0);
    expect(await list({ baseUrl, tls: { ca: await readFile(files.ca, 'utf8') } })).toBe(0);
    const env = { ...devnet.env, BACALHAU_API_TLS_INSECURE: '', BACALHAU_API_TLS_CAFILE: files.ca };
    expect(await list({ env })).toBe(0);
    const usesTls = {
      BACALHAU_API_HOST: devnet.host,
      BACALHAU_API_PORT: String(devnet.port),
      BACALHAU_API_TLS_USETLS: 'true',
    };
    expect(await list({ env: { ...usesTls, BACALHAU_API_TLS_CAFILE: files.ca } })).toBe(0);
  });

  test('is not trusted by default, and the error says what to set', async () => {
    const refused = list({ baseUrl: server.url, maxRetries: 0 });
    await expect(refused).rejects.toBeInstanceOf(ConnectionError);
    await expect(refused).rejects.toThrow(/not trusted.*BACALHAU_API_TLS_CAFILE.*option tls/);
  });

  test.each<[string, () => ClientOptions['tls'], RegExp]>([
    ['is not there', () => ({ caFile: join(folder, 'nope.pem') }), /nope\.pem, does not exist/],
    ['holds a key', () => ({ caFile: files.key }), /server\.key contains no certificate in PEM/],
    [
      'cannot be parsed',
      () => ({ ca: '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n' }),
      /cannot be used/,
    ],
  ])('a file that %s is a ConfigurationError', async (_what, tls, message) => {
    const refused = list({ baseUrl: server.url, tls: tls() });
    await expect(refused).rejects.toBeInstanceOf(ConfigurationError);
    await expect(refused).rejects.toThrow(message);
  });

  test('holds for the log socket too', async () => {
    const trusting = connectTransport({ baseUrl: server.url, dir, env: {}, tls: { caFile: files.ca } });
    expect(await upgradeStatus(await prepareLogs(trusting))).toBe(101);
    trusting.close();
    const other = connectTransport({ baseUrl: server.url, dir, env: {} });
    await expect(upgradeStatus(await prepareLogs(other))).rejects.toThrow(/certificate/);
    other.close();
  });

  test('holds for results that are kept elsewhere too, and the system’s authorities stay trusted', async () => {
    const elsewhere = createServer(
      { cert: await readFile(files.certificate), key: await readFile(files.key) },
      (_, response) => response.end('result'),
    );
    await new Promise<void>((resolve) => elsewhere.listen(0, '127.0.0.1', resolve));
    const { port } = elsewhere.address() as AddressInfo;
    const transport = connectTransport({ baseUrl: server.url, dir, env: {}, tls: { caFile: files.ca } });
    const request = { method: 'GET', url: `https://127.0.0.1:${port}/`, headers: {} } as const;
    const controller = new AbortController();
    const { status } = await fetchExternal(transport, request, controller.signal);
    expect(status).toBe(200);
    controller.abort();
    transport.close();
    await new Promise((resolve) => elsewhere.close(resolve));
  });
});

describe('a certificate that the server signed itself', () => {
  const server = ownServer(() => ({ config: { API: { TLS: { SelfSigned: true } } } }));

  test('is accepted with insecure, with one warning', async () => {
    const lines: string[] = [];
    const logger = {
      debug: () => undefined,
      info: () => undefined,
      warn: (line: string) => void lines.push(line),
      error: () => undefined,
    };
    const bacalhau = connect({ baseUrl: server.url, tls: { insecure: true }, logger });
    await bacalhau.jobs.list();
    await bacalhau.jobs.list();
    expect(lines).toEqual([expect.stringMatching(/Certificates are not verified \(option\).*read and change/)]);
    expect(await list({ env: server.devnet.env, logLevel: 'off' })).toBe(0);
  });

  test('is refused without', async () => {
    await expect(list({ baseUrl: server.url, maxRetries: 0 })).rejects.toThrow(/not trusted/);
  });

  test('does not let a derived client with another address be insecure', async () => {
    const bacalhau = connect({ baseUrl: server.url, tls: { insecure: true }, logLevel: 'off' });
    await bacalhau.jobs.list();
    const other = bacalhau.withOptions({ host: '127.0.0.1', port: server.devnet.port, https: true, maxRetries: 0 });
    await expect(other.jobs.list()).rejects.toThrow(/not trusted/);
  });
});
