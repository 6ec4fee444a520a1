import { createHash } from 'node:crypto';
import fs from 'node:fs/promises';
import path from 'node:path';
import { cached } from './cache.mjs';
import { ensureGo } from './go.mjs';
import { runToEnd, startService, untilReady } from './processes.mjs';
import { stage } from './stage.mjs';

/** @typedef {import('./run.mjs').Run} Run */

const MODULE = path.join(import.meta.dirname, 'ipfs');

/** Builds IPFS from source, once for each set of versions. */
export async function buildIpfs(/** @type {Run} */ run) {
  const definition = await fs.readFile(path.join(MODULE, 'go.mod'), 'utf8');
  const version = /^go (\S+)$/m.exec(definition)?.[1] ?? '';
  const goBin = await stage('go', () => ensureGo(run, version));
  const key = createHash('sha256')
    .update(definition)
    .update(await fs.readFile(path.join(MODULE, 'go.sum')))
    .update(`${process.platform} ${process.arch}`)
    .digest('hex')
    .slice(0, 16);
  const folder = await stage('ipfs program', () =>
    cached(run, `ipfs-${key}`, async (target) => {
      const args = ['build', '-mod=readonly', '-trimpath', '-ldflags=-s -w', '-o', path.join(target, 'ipfs')];
      // Without C there is no compiler to install, and the program runs wherever it is carried.
      const env = { CGO_ENABLED: '0', GOWORK: 'off', GOFLAGS: '' };
      const options = { cwd: MODULE, env, minutes: 40 };
      await runToEnd(run, path.join(goBin, 'go'), [...args, 'github.com/ipfs/kubo/cmd/ipfs'], options);
    }),
  );
  return { ipfs: path.join(folder, 'ipfs'), goBin };
}

/** Starts an IPFS node that knows nobody, and returns the address of its API. */
export async function startIpfs(/** @type {Run} */ run, /** @type {string} */ ipfs) {
  const repository = path.join(run.folder, 'ipfs');
  const env = { IPFS_PATH: repository };
  await runToEnd(run, ipfs, ['init', '--profile', 'test'], { env });

  const file = path.join(repository, 'config');
  const config = JSON.parse(await fs.readFile(file, 'utf8'));
  config.Bootstrap = [];
  config.AutoConf = { ...config.AutoConf, Enabled: false };
  // Port 0 lets the system choose: the node writes the port it got into a file.
  config.Addresses = { ...config.Addresses, API: '/ip4/127.0.0.1/tcp/0', Gateway: [], Swarm: [] };
  await fs.writeFile(file, JSON.stringify(config, null, 2));

  const service = startService(run, 'ipfs', ipfs, ['daemon', '--offline'], env);
  return untilReady(service, async () => {
    const address = (await fs.readFile(path.join(repository, 'api'), 'utf8')).trim();
    const url = `http://127.0.0.1:${address.split('/').at(-1)}`;
    const response = await fetch(`${url}/api/v0/id`, { method: 'POST', signal: AbortSignal.timeout(5_000) });
    return response.ok ? { address, url } : undefined;
  });
}
