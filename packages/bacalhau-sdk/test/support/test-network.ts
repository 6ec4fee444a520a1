import { startDevnet } from 'bacalhau-devnet';
import { startConformanceProxy } from 'bacalhau-openapi';

/** What the tear-down does; jest loads the files separately, but into one process. */
declare global {
  var testNetworks: (() => Promise<void>)[] | undefined;
}

/** Starts the network that all tests of a server share, and in front of it the proxy that checks every answer. */
export async function startTestNetwork(server: string, variable: string): Promise<void> {
  const devnet = await startServer(server);
  const proxy = await startConformanceProxy({ target: devnet.url });
  globalThis.testNetworks ??= [];
  globalThis.testNetworks.push(async () => {
    const violations = proxy.violations();
    await proxy.stop();
    await devnet.stop();
    if (violations.length > 0) {
      const list = violations.map((violation) => `  ${JSON.stringify(violation)}`).join('\n');
      throw new Error(`Server ${server} and openapi/bacalhau.yaml disagree:\n${list}`);
    }
  });
  process.env[variable] = proxy.url;
  const { Nodes } = Object(await (await fetch(`${proxy.url}/api/v1/orchestrator/nodes?limit=100`)).json());
  const compute = asArray(Nodes).filter((node) => Object(Object(node).Info).NodeType === 'Compute');
  process.env[`${variable}_NODES`] = String(compute.length);
}

async function startServer(server: string): Promise<{ readonly url: string; stop(): Promise<void> }> {
  // Somebody else's, which is left running.
  if (/^https?:/.test(server)) return { url: server, stop: async () => {} };
  const ipfs = process.env['BACALHAU_TEST_IPFS_API'];
  const withIpfs = ipfs === undefined ? {} : { Types: { IPFS: { Endpoint: ipfs } } };
  return startDevnet({
    server,
    computeNodes: 2,
    config: { Publishers: withIpfs, InputSources: withIpfs },
    // A job for which there is no room is placed a minute later by default: longer than most tests wait.
    orchestratorConfig: { Orchestrator: { Scheduler: { QueueBackoff: '2s' } } },
  });
}

const asArray = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);
