import fs from 'node:fs/promises';
import path from 'node:path';
import { buildProgram } from './go-program.mjs';
import { runToEnd, startService, untilReady } from './processes.mjs';

/** @typedef {import('./run.mjs').Run} Run */

/** @param {Run} run */
export const buildIpfs = (run) =>
  buildProgram(run, { name: 'ipfs', program: 'ipfs', source: 'github.com/ipfs/kubo/cmd/ipfs' });

/** Starts an IPFS node that knows nobody, and returns the addresses of its API and of its gateway. */
export async function startIpfs(/** @type {Run} */ run, /** @type {string} */ ipfs) {
  const repository = path.join(run.folder, 'ipfs');
  const env = { IPFS_PATH: repository };
  await runToEnd(run, ipfs, ['init', '--profile', 'test'], { env });

  const file = path.join(repository, 'config');
  const config = JSON.parse(await fs.readFile(file, 'utf8'));
  config.Bootstrap = [];
  config.AutoConf = { ...config.AutoConf, Enabled: false };
  // Port 0 lets the system choose: the node writes the ports it got into files.
  const anyPort = '/ip4/127.0.0.1/tcp/0';
  config.Addresses = { ...config.Addresses, API: anyPort, Gateway: anyPort, Swarm: [] };
  await fs.writeFile(file, JSON.stringify(config, null, 2));

  const service = startService(run, 'ipfs', ipfs, ['daemon', '--offline'], env);
  return untilReady(service, async () => {
    const address = (await fs.readFile(path.join(repository, 'api'), 'utf8')).trim();
    const url = `http://127.0.0.1:${address.split('/').at(-1)}`;
    const response = await fetch(`${url}/api/v0/id`, { method: 'POST', signal: AbortSignal.timeout(5_000) });
    const gateway = (await fs.readFile(path.join(repository, 'gateway'), 'utf8')).trim();
    return response.ok ? { address, url, gateway } : undefined;
  });
}
