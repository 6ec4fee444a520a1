import { checkOptions, type OptionNames } from '../arguments/index.js';
import { InvalidArgumentError } from '../errors/index.js';
import type { FollowLogsOptions } from './options.js';

const NAMES: OptionNames<FollowLogsOptions> = {
  follow: true,
  tail: true,
  executionId: true,
  jobVersion: true,
  allJobVersions: true,
  lines: true,
  signal: true,
  results: true,
  headers: true,
  onReconnect: true,
};

/** @throws {InvalidArgumentError} naming the option. */
export function checkFollowLogsOptions(options: FollowLogsOptions): void {
  checkOptions(options, NAMES);
  for (const name of ['follow', 'tail', 'allJobVersions', 'lines'] as const) {
    checkType(options[name], 'boolean', name);
  }
  checkType(options.executionId, 'string', 'executionId');
  checkType(options.jobVersion, 'number', 'jobVersion');
  checkType(options.onReconnect, 'function', 'onReconnect');
}

function checkType(value: unknown, expected: 'boolean' | 'string' | 'number' | 'function', argument: string): void {
  if (value === undefined || typeof value === expected) return;
  const found = value === null ? 'null' : typeof value;
  throw new InvalidArgumentError(argument, `must be a ${expected}, not ${found}.`);
}
