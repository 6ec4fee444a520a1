import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { removeContainers } from './docker-api.mjs';

/** Has the run's name in the environment of everything the run starts: that is how its processes are recognised. */
export const RUN_VARIABLE = 'BACALHAU_TESTBED_RUN';
/** Is there for the services, which outlive the command they serve. */
export const SERVICE_VARIABLE = 'BACALHAU_TESTBED_SERVICE';

const PATIENCE_MS = 10_000;

/**
 * @typedef {object} Inventory
 * @property {string} name             of the run
 * @property {string[]} folders        to remove
 * @property {{name: string, pid: number}[]} services  in the order in which they were started
 * @property {string} [dockerSocket]
 */

/**
 * Ends everything of a run. The order matters: first what the command left behind, which may be using the services,
 * then the containers, then the services, last started first, and then whatever is left.
 */
export async function cleanUp(/** @type {Inventory} */ { name, folders, services, dockerSocket }) {
  const leftBehind = processesOf(name).filter((one) => !one.isService);
  for (const { pid, command } of leftBehind) console.error(`testbed: still running, ended: ${pid} ${command}`);
  await stop(leftBehind.map(({ pid }) => pid));

  if (dockerSocket) await removeContainers(dockerSocket).catch(() => {});
  for (const { pid } of [...services].reverse()) {
    // A number is not enough: the process may have ended and its number be another's.
    if (processesOf(name).some((one) => one.pid === pid)) await stop([pid]);
  }
  await stop(processesOf(name).map(({ pid }) => pid));

  for (const folder of folders) {
    unmountBelow(folder);
    if (mountsBelow(folder).length === 0) {
      fs.rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
    } else {
      console.error(`testbed: left in place, because something is still mounted there: ${folder}`);
    }
  }
  removeControlGroups(name);
}

/** Asks, and after some patience insists. */
async function stop(/** @type {number[]} */ pids) {
  send(pids, 'SIGTERM');
  const deadline = Date.now() + PATIENCE_MS;
  while (pids.some(isAlive) && Date.now() < deadline) await delay(25);
  send(pids.filter(isAlive), 'SIGKILL');
  const lastDeadline = Date.now() + PATIENCE_MS;
  while (pids.some(isAlive) && Date.now() < lastDeadline) await delay(25);
}

function send(/** @type {number[]} */ pids, /** @type {NodeJS.Signals} */ signal) {
  for (const pid of pids) {
    try {
      process.kill(pid, signal);
    } catch {
      // It has ended by itself.
    }
  }
}

function isAlive(/** @type {number} */ pid) {
  // A process that has ended but that its parent has not asked about yet still has a folder.
  const state = read(`/proc/${pid}/stat`).split(') ')[1]?.[0];
  return state !== undefined && state !== 'Z' && state !== 'X';
}

/**
 * The processes of a run: those with its name in their environment, and those of its containers, which have an
 * environment of their own but live in the run's control group.
 */
function processesOf(/** @type {string} */ name) {
  return fs
    .readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry) && Number(entry) !== process.pid)
    .flatMap((entry) => {
      const environment = read(`/proc/${entry}/environ`).split('\0');
      const inContainer = read(`/proc/${entry}/cgroup`).includes(`/${name}/`);
      if (!inContainer && !environment.includes(`${RUN_VARIABLE}=${name}`)) return [];
      return {
        pid: Number(entry),
        isService: inContainer || environment.some((one) => one.startsWith(`${SERVICE_VARIABLE}=`)),
        command: read(`/proc/${entry}/cmdline`)
          .replace(/[\0\s]+/g, ' ')
          .trim()
          .slice(0, 100),
      };
    });
}

function mountsBelow(/** @type {string} */ folder) {
  return read('/proc/self/mounts')
    .split('\n')
    .map((line) =>
      (line.split(' ')[1] ?? '').replace(/\\(\d{3})/g, (_, code) => String.fromCharCode(parseInt(code, 8))),
    )
    .filter((point) => point === folder || point.startsWith(`${folder}/`));
}

function unmountBelow(/** @type {string} */ folder) {
  // The last one mounted may be inside, or on top of, an earlier one.
  for (const point of mountsBelow(folder).reverse()) {
    try {
      execFileSync('umount', ['--lazy', point], { stdio: 'ignore' });
    } catch {
      // Reported by the caller, which looks at what is left.
    }
  }
}

/** Docker removes its containers' control groups but leaves the empty one around them. */
function removeControlGroups(/** @type {string} */ name) {
  const root = '/sys/fs/cgroup';
  const controllers = fs.existsSync(root) ? fs.readdirSync(root).map((entry) => path.join(root, entry)) : [];
  for (const group of [root, ...controllers].map((parent) => path.join(parent, name))) removeControlGroup(group);
}

function removeControlGroup(/** @type {string} */ group) {
  try {
    for (const entry of fs.readdirSync(group, { withFileTypes: true })) {
      if (entry.isDirectory()) removeControlGroup(path.join(group, entry.name));
    }
    fs.rmdirSync(group);
  } catch {
    // Not there, or not empty: nothing that would be in anybody's way.
  }
}

function read(/** @type {string} */ file) {
  try {
    return fs.readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
