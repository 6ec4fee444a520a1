import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { dockerRequest } from './docker-api.mjs';
import { startService, untilReady } from './processes.mjs';

/** @typedef {import('./run.mjs').Run} Run */

/**
 * Starts a Docker that shares nothing with another one on the machine, and returns its socket and its log.
 *
 * It leaves the machine's network alone: no bridge, no firewall rules, no forwarding. A container whose network is
 * the bridge, which is the default, gets a network with nothing but its own loopback.
 *
 * @param {Run} run
 * @param {string} registry address of the registry that answers for all images
 */
export async function startDocker(run, registry) {
  const containerd = await startContainerd(run);
  const folder = path.join(run.folder, 'docker');
  const socket = path.join(folder, 'docker.sock');
  const file = path.join(folder, 'daemon.json');
  fs.mkdirSync(folder);
  const config = {
    hosts: [`unix://${socket}`],
    group: 'root',
    containerd,
    'data-root': path.join(folder, 'data'),
    'exec-root': path.join(folder, 'exec'),
    pidfile: path.join(folder, 'docker.pid'),
    'storage-driver': storageDriver(run),
    'registry-mirrors': [registry],
    bridge: 'none',
    iptables: false,
    ip6tables: false,
    'ip-forward': false,
    'ip-masq': false,
    'userland-proxy': false,
    // All containers in one place, where the janitor finds what is left of them.
    'cgroup-parent': `/${run.name}`,
    'exec-opts': ['native.cgroupdriver=cgroupfs'],
    'shutdown-timeout': 5,
  };
  fs.writeFileSync(file, JSON.stringify(config, null, 2));

  // With a file of its own, Docker does not read the machine's.
  const service = startService(run, 'dockerd', 'dockerd', ['--config-file', file]);
  run.record({ dockerSocket: socket });
  await untilReady(service, async () => {
    const { status } = await dockerRequest(socket, 'GET', '/_ping', 5_000);
    return status === 200 ? true : undefined;
  });
  return { socket, log: service.log };
}

/** Docker would join a containerd that is already running on the machine, unless it is given one. */
async function startContainerd(/** @type {Run} */ run) {
  const folder = path.join(run.folder, 'containerd');
  const socket = path.join(folder, 'containerd.sock');
  const file = path.join(folder, 'config.toml');
  fs.mkdirSync(folder);
  const config = `
version = 2
root = "${folder}/root"
state = "${folder}/state"
disabled_plugins = ["io.containerd.grpc.v1.cri"]
[grpc]
address = "${socket}"
`;
  fs.writeFileSync(file, config);
  const service = startService(run, 'containerd', 'containerd', ['--config', file]);
  await untilReady(service, () => (fs.existsSync(socket) ? true : undefined));
  return socket;
}

/** overlay2 starts a container at once; vfs copies the whole image first but works everywhere. */
function storageDriver(/** @type {Run} */ run) {
  const folder = path.join(run.folder, 'overlay');
  const [lower, upper, work, merged] = ['lower', 'upper', 'work', 'merged'].map((name) => path.join(folder, name));
  for (const one of [lower, upper, work, merged]) fs.mkdirSync(one ?? '', { recursive: true });
  try {
    const options = `lowerdir=${lower},upperdir=${upper},workdir=${work}`;
    execFileSync('mount', ['-t', 'overlay', 'overlay', '-o', options, merged ?? ''], { stdio: 'pipe' });
    execFileSync('umount', [merged ?? ''], { stdio: 'ignore' });
    return 'overlay2';
  } catch {
    console.log(`testbed: overlay does not work in ${run.folder}, Docker jobs will be slow (another TMPDIR may help)`);
    return 'vfs';
  }
}
