import { once } from 'node:events';
import { createServer } from 'node:net';
import { type DevnetOptions, type NodeExit, startDevnet } from 'bacalhau-devnet';
import { startConformanceProxy } from 'bacalhau-openapi';
import { sharedServer } from './shared-server.ts';

/** What the tear-down does; jest loads the files separately, but into one process. */
declare global {
  var testNetworks: (() => Promise<void>)[] | undefined;
}

/** Starts the network that all tests of a server share, and in front of it the proxy that checks every answer. */
export async function startTestNetwork(server: string, variable: string): Promise<void> {
  const isShared = /^https?:/.test(server);
  // A node of 1.9.3 may end when it is told to stop a WebAssembly job that is just starting: docs/server-behaviour.md.
  const onExit = ({ node }: NodeExit): void => {
    console.error(`\n${node.name} of ${server} ended by itself and is started again.`);
    if ('restart' in devnet) devnet.restart(node.name).catch((error: unknown) => console.error(error));
  };
  const hostPort = inNamespace(server) ? await freePort() : 0;
  const devnet = isShared
    ? { url: server, stop: async () => {} }
    : await startDevnet({ server, computeNodes: 2, onExit, ...settings(server, hostPort) });
  const shared = isShared ? sharedServer(server) : undefined;
  const proxy = await startConformanceProxy({ target: devnet.url, ...shared });
  globalThis.testNetworks ??= [];
  globalThis.testNetworks.push(async () => {
    const violations = proxy.violations();
    await proxy.stop();
    await shared?.stopJobs();
    await devnet.stop();
    if (violations.length > 0) {
      const list = violations.map((violation) => `  ${JSON.stringify(violation)}`).join('\n');
      throw new Error(`Server ${server} and openapi/bacalhau.yaml disagree:\n${list}`);
    }
  });
  process.env[variable] = proxy.url;
  process.env[`${variable}_HOST_PORT`] = String(hostPort);
  const { Nodes } = Object(await (await fetch(`${proxy.url}/api/v1/orchestrator/nodes?limit=100`)).json());
  const compute = asArray(Nodes).filter((node) => Object(Object(node).Info).NodeType === 'Compute');
  process.env[`${variable}_NODES`] = String(compute.length);
}

/** An IPFS node, if there is one, and a soon look at jobs for which there was no room: the default is a minute later. */
function settings(server: string, hostPort: number): DevnetOptions {
  const ipfs = process.env['BACALHAU_TEST_IPFS_API'];
  const [, port] = /\/tcp\/(\d+)/.exec(ipfs ?? '') ?? [];
  const ports = port === undefined ? [hostPort] : [hostPort, Number(port)];
  const hostPorts = inNamespace(server) ? { hostPorts: ports } : {};
  const Scheduler = { QueueBackoff: '2s' };
  if (server === '1.4.0') {
    const withIpfs = ipfs === undefined ? {} : { IPFS: { Connect: ipfs } };
    return { ...hostPorts, config: { Node: withIpfs }, orchestratorConfig: { Node: { Requester: { Scheduler } } } };
  }
  const withIpfs = ipfs === undefined ? {} : { Types: { IPFS: { Endpoint: ipfs } } };
  return {
    ...hostPorts,
    config: { Publishers: withIpfs, InputSources: withIpfs },
    orchestratorConfig: { Orchestrator: { Scheduler } },
  };
}

/** Whether the servers reach only what they are told of this machine: those that have a version of their own here do. */
const inNamespace = (server: string): boolean => /^\d/.test(server);

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('No port is free.');
  return address.port;
}

const asArray = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);
