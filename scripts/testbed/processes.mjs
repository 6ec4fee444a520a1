import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { SERVICE_VARIABLE } from './cleanup.mjs';

/**
 * @typedef {import('./run.mjs').Run} Run
 * @typedef {object} Service
 * @property {string} name
 * @property {string} log
 * @property {import('node:child_process').ChildProcess} child
 */

/** Starts a program that runs until the janitor stops it; all it says goes to a log file. */
export function startService(
  /** @type {Run} */ run,
  /** @type {string} */ name,
  /** @type {string} */ program,
  /** @type {string[]} */ args,
  /** @type {NodeJS.ProcessEnv} */ env = {},
) {
  refuseIfEnding(run);
  const log = path.join(run.logs, `${name}.log`);
  const output = fs.openSync(log, 'a');
  const child = spawn(program, args, {
    cwd: run.folder,
    env: { ...run.env, ...env, [SERVICE_VARIABLE]: name },
    stdio: ['ignore', output, output],
    // A group of its own: Ctrl-C on the terminal is for the command, which still needs the services to end in order.
    detached: true,
  });
  fs.closeSync(output);
  child.on('error', (error) => fs.appendFileSync(log, `${error.message}\n`));
  if (child.pid) run.record({ services: [...run.inventory.services, { name, pid: child.pid }] });
  return /** @type {Service} */ ({ name, log, child });
}

/**
 * Asks again and again until the service gives an answer other than undefined, and gives up when the service has
 * ended or the time is over.
 *
 * @template T
 * @param {Service} service
 * @param {() => Promise<T | undefined> | T | undefined} ask
 * @returns {Promise<T>}
 */
export async function untilReady(service, ask, timeoutMs = 60_000) {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const answer = await Promise.resolve(ask()).catch(() => undefined);
    if (answer !== undefined) return answer;
    const { exitCode, signalCode, pid } = service.child;
    if (pid === undefined || exitCode !== null || signalCode !== null) {
      throw new Error(`${service.name} ended (${exitCode ?? signalCode ?? 'could not start'})\n${endOf(service.log)}`);
    }
    if (Date.now() > deadline) {
      throw new Error(`${service.name} was not ready after ${timeoutMs / 1000} s\n${endOf(service.log)}`);
    }
    await delay(50);
  }
}

/**
 * Runs a program to its end and returns what it wrote on its standard output; the rest goes to a log file.
 *
 * @param {Run} run
 * @param {string} program
 * @param {string[]} args
 * @param {{cwd?: string, env?: NodeJS.ProcessEnv, minutes?: number}} [options]
 */
export async function runToEnd(run, program, args, { cwd = run.folder, env = {}, minutes = 10 } = {}) {
  refuseIfEnding(run);
  const log = path.join(run.logs, `${path.basename(program)}.log`);
  const errors = fs.openSync(log, 'a');
  const child = spawn(program, args, { cwd, env: { ...run.env, ...env }, stdio: ['ignore', 'pipe', errors] });
  fs.closeSync(errors);
  const timer = setTimeout(() => child.kill('SIGKILL'), minutes * 60_000);
  let output = '';
  child.stdout?.setEncoding('utf8');
  child.stdout?.on('data', (/** @type {string} */ text) => {
    output += text;
  });
  try {
    const [code, signal] = await once(child, 'close');
    if (code === 0) return output;
    fs.appendFileSync(log, output);
    throw new Error(`${program} ${args.join(' ')} failed (${code ?? signal})\n${endOf(log)}`);
  } finally {
    clearTimeout(timer);
  }
}

/** Once the janitor has been called, nothing more may start that it would not know about. */
function refuseIfEnding(/** @type {Run} */ run) {
  if (run.isEnding) throw new Error('the run is ending');
}

/** The last lines of a log, for a message. */
export function endOf(/** @type {string} */ file) {
  const lines = fs.readFileSync(file, 'utf8').trimEnd().split('\n').slice(-40);
  return `the end of ${file}:\n${lines.map((line) => `  ${line}`).join('\n')}`;
}
