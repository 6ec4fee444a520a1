import { findServer } from './binary/ensure.js';
import { checkConfig } from './check-config.js';
import { checkOptions, checkServerOptions } from './check-options.js';
import { Network, PortLostError } from './network.js';
import type { Devnet, DevnetOptions } from './options.js';
import { removeAbandoned } from './supervisor/abandoned.js';

const DEFAULT_START_TIMEOUT_MS = 60_000;
const PORT_ATTEMPTS = 5;

/**
 * Starts a real Bacalhau network on this machine: an orchestrator and its compute nodes, each a server process, on free
 * loopback ports, in a new temporary directory. Resolves when all compute nodes are connected and approved.
 *
 * `stop()` removes its processes, directory and containers, and so does the end of this process, in whatever way it ends.
 * Until then the network keeps this process's event loop alive, like any child process.
 *
 * @throws DevnetError see {@link DevnetErrorCode}
 * @example
 * const devnet = await startDevnet({ computeNodes: 2 });
 * try {
 *   const answer = await fetch(`${devnet.url}/api/v1/orchestrator/nodes`);
 *   console.log(await answer.json());
 * } finally {
 *   await devnet.stop();
 * }
 */
export async function startDevnet(options: DevnetOptions = {}): Promise<Devnet> {
  const { computeNodes = 1, startTimeoutMs = DEFAULT_START_TIMEOUT_MS } = options;
  const settings = { ...options, computeNodes, startTimeoutMs };
  checkOptions(settings);
  const server = await findServer(options, (kind) => checkServerOptions(kind, settings));
  await checkConfig(server, options);
  for (const problem of await removeAbandoned()) options.onProgress?.(`Of an earlier devnet: ${problem}`);
  for (let attempt = 1; ; attempt++) {
    const network = await Network.create(settings, server);
    try {
      await network.start();
      return network;
    } catch (error) {
      // Once the logs were read for the error, which matters more than what stop() could not clean up.
      await network.stop().catch(() => {});
      if (!(error instanceof PortLostError)) throw error;
      if (attempt === PORT_ATTEMPTS) throw error.failure;
      options.onProgress?.('Another process took one of the ports in the meantime. Starting again with other ports.');
    }
  }
}
