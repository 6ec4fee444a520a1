import { startDevnet } from 'bacalhau-devnet';
import { startConformanceProxy } from 'bacalhau-openapi';

/** What the tear-down does; jest loads the two files separately, but into one process. */
declare global {
  var endTestNetwork: (() => Promise<void>) | undefined;
}

/** Starts the network that all end-to-end tests share, and in front of it the proxy that checks every answer. */
export default async function setUp(): Promise<void> {
  const ipfs = process.env['BACALHAU_TEST_IPFS_API'];
  const withIpfs = ipfs === undefined ? {} : { Types: { IPFS: { Endpoint: ipfs } } };
  const devnet = await startDevnet({
    server: 'pinned',
    computeNodes: 2,
    config: { Publishers: withIpfs, InputSources: withIpfs },
    // A job for which there is no room is placed a minute later by default: longer than most tests wait.
    orchestratorConfig: { Orchestrator: { Scheduler: { QueueBackoff: '2s' } } },
  });
  const proxy = await startConformanceProxy({ target: devnet.url });
  process.env['BACALHAU_TEST_URL'] = proxy.url;
  globalThis.endTestNetwork = async () => {
    const violations = proxy.violations();
    await proxy.stop();
    await devnet.stop();
    if (violations.length > 0) {
      const list = violations.map((violation) => `  ${JSON.stringify(violation)}`).join('\n');
      throw new Error(`The server and openapi/bacalhau.yaml disagree:\n${list}`);
    }
  };
}
