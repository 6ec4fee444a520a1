import { stat } from 'node:fs/promises';

/** Windows has no owner bits: what is about them does not apply there. */
const hasModes = process.platform !== 'win32';

/** Like `test`, for what is about owner bits alone. */
export const testModes = hasModes ? test : test.skip;

export async function expectMode(path: string, mode: number): Promise<void> {
  if (hasModes) expect((await stat(path)).mode & 0o7777).toBe(mode);
}
