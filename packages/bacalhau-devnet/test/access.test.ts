import { type RequestOptions, request } from 'node:https';
import { BUILD_TIMEOUT_MS, pinnedServer, TEST_TIMEOUT_MS, withDevnet } from './support/server.js';

jest.setTimeout(TEST_TIMEOUT_MS);
beforeAll(pinnedServer, BUILD_TIMEOUT_MS);

const NODES = '/api/v1/orchestrator/nodes';
const KEY = 'key-0123456789abcdefghij';
// Hash of a password nobody knows.
const HASH = '$2a$10$N9qo8uLOickgx2ZMRZoMyeIjZAgcfl7p92ldGxad68LJZdL17lhWy';

function users(...list: { Username?: string; Password?: string; APIKey?: string; can: string }[]) {
  return {
    API: {
      Auth: {
        Users: list.map(({ can, ...user }, index) => ({
          Alias: `user${index}`,
          ...user,
          Capabilities: [{ Actions: [can] }],
        })),
      },
    },
  };
}

describe('a devnet with users', () => {
  test('refuses requests without credentials and accepts those of its users', async () => {
    const config = users({ Username: 'admin', Password: 'adminpassword1', can: '*' });
    await withDevnet({ config }, async (devnet) => {
      expect((await fetch(devnet.url + NODES)).status).toBe(401);
      const headers = { Authorization: `Basic ${Buffer.from('admin:adminpassword1').toString('base64')}` };
      expect((await fetch(devnet.url + NODES, { headers })).status).toBe(200);
    });
  });

  test('reads from the log that it is ready if no configured secret can list nodes', async () => {
    const config = users({ APIKey: KEY, can: 'read:job' }, { Username: 'admin', Password: HASH, can: '*' });
    await withDevnet({ config, computeNodes: 2 }, async (devnet) => {
      const headers = { Authorization: `Bearer ${KEY}` };
      expect((await fetch(devnet.url + NODES, { headers })).status).toBe(403);
      expect((await fetch(`${devnet.url}/api/v1/orchestrator/jobs`, { headers })).status).toBe(200);
    });
  });

  test('is refused if neither the node list nor the log shows that it is ready', async () => {
    const config = { ...users({ APIKey: KEY, can: 'read:job' }), Logging: { Level: 'warn' } };
    await expect(withDevnet({ config }, async () => {})).rejects.toMatchObject({ code: 'INVALID_OPTIONS' });
  });
});

describe('a devnet with a self-signed certificate', () => {
  test('serves TLS, and its url is https', async () => {
    await withDevnet({ config: { API: { TLS: { SelfSigned: true } } } }, async (devnet) => {
      expect(devnet.https).toBe(true);
      expect(devnet.url).toBe(`https://127.0.0.1:${devnet.port}`);
      expect(devnet.env).toMatchObject({ BACALHAU_HTTPS: '1', BACALHAU_API_TLS_INSECURE: 'true' });
      expect(await status(devnet.url + NODES, { rejectUnauthorized: false })).toBe(200);
      await expect(status(devnet.url + NODES, {})).rejects.toThrow('self-signed');
    });
  });
});

function status(url: string, options: RequestOptions): Promise<number> {
  return new Promise((resolve, reject) => {
    request(url, options, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    })
      .once('error', reject)
      .end();
  });
}
