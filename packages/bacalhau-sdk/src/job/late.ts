import { load } from '../load.js';
import type { RunResult } from './run-result.js';

/** Loaded when something is first run: many programs submit jobs and wait for them. */
const running = () => load(import('./running.js'));
type Running = typeof import('./running.js');

export async function collectRun(...args: Parameters<Running['collectRun']>): Promise<RunResult> {
  return (await running()).collectRun(...args);
}

export async function publisherFor(...args: Parameters<Running['publisherFor']>): Promise<string | undefined> {
  return (await running()).publisherFor(...args);
}

export async function stopLeft(...args: Parameters<Running['stopLeft']>): Promise<void> {
  return (await running()).stopLeft(...args);
}
