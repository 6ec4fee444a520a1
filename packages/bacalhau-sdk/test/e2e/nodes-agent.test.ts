import { ConflictError, NotFoundError } from '../../src/errors/api-errors.js';
import { InvalidArgumentError } from '../../src/errors/client-errors.js';
import { collect, networkClient } from '../support/network.js';

const { nodes, agent } = networkClient();

test('nodes are listed, filtered, found', async () => {
  const all = await collect(nodes.list());
  expect(all).toHaveLength(3);
  expect(all.filter(({ Info }) => Info.NodeType === 'Compute')).toHaveLength(2);
  expect(await collect(nodes.list({ status: 'connected', approval: 'approved', orderBy: 'id' }))).toHaveLength(3);
  expect(await collect(nodes.list({ status: 'disconnected' }))).toEqual([]);
  expect(await collect(nodes.list({ labels: ['no-such-label'] }))).toEqual([]);
  expect(await collect(nodes.list({ limit: 1 }))).toHaveLength(1);
  const [first] = all;
  const id = first?.Info.NodeID ?? '';
  expect((await nodes.get(id)).Info.NodeID).toBe(id);
  expect((await nodes.get(id.slice(0, 12))).Membership).toBe('APPROVED');
});

test('what the server would answer with silence or not at all is refused', async () => {
  await expect(nodes.list({ status: 'asleep' })).rejects.toThrow(/status is "asleep".*"connected"/);
  await expect(nodes.list({ orderBy: 'age' })).rejects.toBeInstanceOf(InvalidArgumentError);
  await expect(nodes.get('n-nope')).rejects.toBeInstanceOf(NotFoundError);
  await expect(nodes.get('..')).rejects.toBeInstanceOf(InvalidArgumentError);
});

test('a node is rejected and approved again; doing it twice is a conflict', async () => {
  const [, second] = (await collect(nodes.list())).filter(({ Info }) => Info.NodeType === 'Compute');
  const id = second?.Info.NodeID ?? '';
  await expect(nodes.approve(id)).rejects.toBeInstanceOf(ConflictError);
});

test('the agent tells about itself', async () => {
  expect(await agent.alive()).toEqual({ Status: 'OK' });
  expect((await agent.version()).GitVersion).toBe('v1.9.3');
  expect((await agent.node()).NodeType).toBe('Requester');
  expect(await agent.config()).toMatchObject({ API: { Host: '127.0.0.1' } });
  expect(Object.keys(await agent.debug()).length).toBeGreaterThan(0);
  expect((await agent.authConfig()).Version).toBe('1.0.0');
});
