import type { RunResult } from '../outcome/index.js';
import { load } from '../util/index.js';

/** Loaded when something is first run: many programs submit jobs and wait for them. */
const running = () => load(import('./running.js'));
type Running = typeof import('./running.js');

export async function collectRun(...args: Parameters<Running['collectRun']>): Promise<RunResult> {
  return (await running()).collectRun(...args);
}

export async function publisherFor(...args: Parameters<Running['publisherFor']>): Promise<string | undefined> {
  return (await running()).publisherFor(...args);
}

export async function stopLeft(...args: Parameters<Running['stopAbandoned']>): Promise<void> {
  return (await running()).stopAbandoned(...args);
}
