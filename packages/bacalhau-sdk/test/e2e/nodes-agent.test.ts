import { ConflictError, NotFoundError } from '../../src/errors/api-errors.js';
import { InvalidArgumentError, LoginError, UnsupportedByServerError } from '../../src/errors/client-errors.js';
import type { NodeState } from '../../src/index.js';
import { collect, networkClient } from '../support/network.js';
import { testWhere, testWith } from '../support/requirements.js';
import { computeNodes, serverVersion } from '../support/server.js';

const { nodes, agent } = networkClient();
const withDevice = networkClient({ auth: { device: () => {} } });

test('nodes are listed, filtered, found', async () => {
  const all = await collect(nodes.list());
  const computeOf = (found: readonly NodeState[]) => found.filter(({ Info }) => Info.NodeType === 'Compute');
  expect(computeOf(all)).toHaveLength(computeNodes());
  const connected = await collect(nodes.list({ status: 'connected', approval: 'approved', orderBy: 'id' }));
  expect(computeOf(connected)).toHaveLength(computeNodes());
  expect(computeOf(await collect(nodes.list({ status: 'disconnected' })))).toEqual([]);
  expect(await collect(nodes.list({ labels: ['no-such-label'] }))).toEqual([]);
  expect(await collect(nodes.list({ limit: 1 }))).toHaveLength(1);
  const [first] = all;
  const id = first?.Info.NodeID ?? '';
  expect((await nodes.get(id)).Info.NodeID).toBe(id);
  expect((await nodes.get(id.slice(0, 12))).Membership).toBe('APPROVED');
});

testWith(['node-connection'], 'a node tells since when it is connected', async () => {
  const [node] = await collect(nodes.list({ status: 'connected' }));
  expect(node?.ConnectionState?.Status).toBe('CONNECTED');
});

testWhere(['node-connection', 'no'], 'a node tells that it is connected, not since when', async () => {
  const [node] = await collect(nodes.list({ status: 'connected' }));
  expect(node?.Connection).toBe('CONNECTED');
  expect(node?.ConnectionState).toBeUndefined();
});

test('requests that the server would ignore or not answer are refused', async () => {
  await expect(nodes.list({ status: 'asleep' })).rejects.toThrow(/status is "asleep".*"connected"/);
  await expect(nodes.list({ orderBy: 'age' })).rejects.toBeInstanceOf(InvalidArgumentError);
  await expect(nodes.get('n-nope')).rejects.toBeInstanceOf(NotFoundError);
  await expect(nodes.get('..')).rejects.toBeInstanceOf(InvalidArgumentError);
});

testWith(['own-network'], 'a node is rejected and approved again; doing it twice is a conflict', async () => {
  const last = (await collect(nodes.list())).filter(({ Info }) => Info.NodeType === 'Compute').at(-1);
  const id = last?.Info.NodeID ?? '';
  await expect(nodes.approve(id)).rejects.toBeInstanceOf(ConflictError);
  await expect(nodes.approve('n-nope')).rejects.toBeInstanceOf(NotFoundError);
});

test('the agent returns its version, node and configuration', async () => {
  expect(await agent.alive()).toEqual({ Status: 'OK' });
  expect((await agent.version()).GitVersion).toBe(`v${serverVersion}`);
  // Before 1.6 it is wrapped in the orchestrator's record of the node.
  expect(await agent.node()).toMatchObject({
    NodeType: expect.stringMatching(/^(Requester|Compute)$/),
    BacalhauVersion: { GitVersion: `v${serverVersion}` },
  });
  expect(Object.keys(await agent.debug()).length).toBeGreaterThan(0);
});

testWith(['agent-config'], 'the agent tells its configuration', async () => {
  expect(await agent.config()).toMatchObject({ API: { Host: '127.0.0.1' } });
});

testWhere(
  ['agent-config', 'no'],
  'the agent does not tell its configuration, and the error says where it is',
  async () => {
    const failure = agent.config();
    await expect(failure).rejects.toBeInstanceOf(UnsupportedByServerError);
    await expect(failure).rejects.toThrow(
      `agent.config needs a server from 1.5.0 on; this one is ${serverVersion}. Look into its configuration file.`,
    );
  },
);

testWith(['auth-config'], 'the agent tells how to sign in', async () => {
  expect((await agent.authConfig()).Version).toBe('1.0.0');
});

testWhere(['auth-config', 'no'], 'single sign-on is a failed login', async () => {
  await expect(withDevice.login()).rejects.toBeInstanceOf(LoginError);
});

testWhere(['auth-config', 'no'], 'the agent does not tell how to sign in', async () => {
  const failure = agent.authConfig();
  await expect(failure).rejects.toBeInstanceOf(UnsupportedByServerError);
  await expect(failure).rejects.toThrow(/needs a server from 1\.7\.0 on.*no single sign-on/);
});
