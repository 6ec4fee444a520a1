import { spawnSync } from 'node:child_process';

/** Finds Python 3 on the `PATH`. */
export const findPython = (): string | undefined =>
  ['python3', 'python'].find((name) => spawnSync(name, ['--version']).status === 0);
