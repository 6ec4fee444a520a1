import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import fs from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { cleanUp, RUN_VARIABLE } from './cleanup.mjs';
import { cacheFolder } from './paths.mjs';

const LOGS_KEPT = 10;

/**
 * One run of the testbed: its name, its folders, and the janitor that ends all of it.
 *
 * The name is random and marks everything the run starts, so that two runs at the same time never meet and
 * a leftover is never mistaken for somebody else's.
 *
 * @typedef {import('./cleanup.mjs').Inventory} Inventory
 * @typedef {object} Run
 * @property {string} name
 * @property {string} folder   state that ends with the run
 * @property {string} staging  inside the cache, so that what is finished there moves into place in one step
 * @property {string} logs     kept for the last few runs
 * @property {NodeJS.ProcessEnv} env  what everything started by the run has in its environment
 * @property {Readonly<Inventory>} inventory  what there is to end
 * @property {(change: Partial<Inventory>) => void} record  changes the inventory and tells the janitor
 * @property {boolean} isEnding  nothing may be started any more
 * @property {() => Promise<void>} end  stops and removes everything
 */

/** @returns {Promise<Run>} */
export async function beginRun() {
  const name = `bacalhau-testbed-${randomBytes(4).toString('hex')}`;
  const folder = path.join(os.tmpdir(), name);
  const staging = path.join(cacheFolder, 'staging', name);
  const logs = path.join(cacheFolder, 'logs', `${new Date().toISOString().replaceAll(':', '-')}-${name.slice(-8)}`);

  /** @type {Inventory} */
  const inventory = { name, folders: [folder, staging], services: [] };
  const janitor = startJanitor();
  const record = (/** @type {Partial<Inventory>} */ change) => {
    Object.assign(inventory, change);
    janitor.stdin.write(`${JSON.stringify(inventory)}\n`);
  };
  record({});

  await fs.mkdir(folder, { mode: 0o700 });
  await fs.mkdir(staging, { recursive: true });
  await fs.mkdir(logs, { recursive: true });
  await forgetOldLogs();

  const end = async () => {
    run.isEnding = true;
    janitor.stdin.end();
    const code = janitor.exitCode ?? (await once(janitor, 'exit'))[0];
    // Whoever got rid of the janitor did not get rid of its work.
    if (code !== 0) await cleanUp(inventory);
  };

  const env = { ...process.env, [RUN_VARIABLE]: name };
  /** @type {Run} */
  const run = { name, folder, staging, logs, env, inventory, record, isEnding: false, end };
  return run;
}

/**
 * The janitor is a process of its own because this one may be killed outright: it acts as soon as its input ends,
 * whatever the reason.
 */
function startJanitor() {
  const janitor = spawn(process.execPath, [path.join(import.meta.dirname, 'janitor.mjs')], {
    detached: true,
    stdio: ['pipe', 'inherit', 'inherit'],
  });
  janitor.stdin.on('error', () => {});
  return janitor;
}

async function forgetOldLogs() {
  const parent = path.join(cacheFolder, 'logs');
  const old = (await fs.readdir(parent)).sort().slice(0, -LOGS_KEPT);
  await Promise.all(old.map((entry) => fs.rm(path.join(parent, entry), { recursive: true, force: true })));
}
