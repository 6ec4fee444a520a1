import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { NetworkPlan } from '../src/plan.js';
import { nodesConnected } from '../src/readiness.js';

const node = { name: 'compute-1', id: 'n-1', role: 'compute', dataDir: '/nonexistent', apiPort: 1 } as const;

/** Returns a plan of one node whose API answers with this body. */
async function withApi<T>(body: string, work: (plan: NetworkPlan) => Promise<T>): Promise<T> {
  const server = createServer((_request, response) => response.end(body));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const api = { host: '127.0.0.1', port, tls: false, selfSigned: false, authorization: undefined };
  const first = {
    ...{ name: 'compute-1', args: [], env: {}, files: [], logFile: '/nonexistent', nodes: [node] },
    ...{ endsLast: true, endSignal: 'SIGTERM' as const },
  } as const;
  try {
    return await work({
      ...{ first, others: [], forwards: [] },
      api: { ...api, approvedByHand: false, logsConnections: false },
    });
  } finally {
    server.close();
  }
}

test.each(['', 'null', '"text"', '<html>', '{"Nodes":'])(
  'a list of nodes that is %j is asked for again, after a restart as well',
  async (body) => {
    const missing = { missing: 'the list of nodes was answered with something else' };
    expect(await withApi(body, (plan) => nodesConnected(plan))).toEqual(missing);
  },
);

test('a list of nodes is read', async () => {
  const Nodes = [{ Info: { NodeID: 'n-1' }, Connection: 'CONNECTED', Membership: 'APPROVED' }];
  expect(await withApi(JSON.stringify({ Nodes }), (plan) => nodesConnected(plan))).toBe('ready');
});
