import { type Devnet, type DevnetOptions, startDevnet } from 'bacalhau-devnet';

/**
 * A network of the test's own whose orchestrator may be killed. Its compute nodes notice within a second or two that they
 * have lost it, so that they are soon back.
 */
export function mortalDevnet({ computeConfig, ...options }: DevnetOptions = {}): Promise<Devnet> {
  const Heartbeat = { Interval: '1s', InfoUpdateInterval: '1s' };
  return startDevnet({
    server: 'pinned',
    ...options,
    computeConfig: { ...computeConfig, Compute: { Heartbeat } },
  });
}

/**
 * Kills the orchestrator, as the machine's end would: without a word, in the middle of whatever it does. Starts it again,
 * with the same data and port, when `meanwhile` is over; resolves when its compute nodes are back.
 */
export async function killOrchestrator(
  devnet: Devnet,
  meanwhile: () => Promise<unknown> = async () => {},
): Promise<void> {
  const orchestrator = devnet.nodes.find(({ role }) => role === 'orchestrator');
  if (orchestrator === undefined || !orchestrator.running) throw new Error('There is no orchestrator that runs.');
  process.kill(orchestrator.pid, 'SIGKILL');
  await meanwhile();
  await devnet.restart(orchestrator.name);
}
