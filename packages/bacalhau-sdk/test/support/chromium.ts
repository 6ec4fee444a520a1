import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import type { Browser } from 'playwright-core';

/** The program: what `BACALHAU_TEST_CHROMIUM` names, else `chromium` on the `PATH`, as Debian's package installs it. */
export const chromiumPath: string | undefined =
  process.env['BACALHAU_TEST_CHROMIUM'] ??
  (process.env['PATH'] ?? '')
    .split(delimiter)
    .map((folder) => join(folder, 'chromium'))
    .find(isProgram);

/** Starts a Chromium without a window before the tests of the file or group, and ends it after them. Call it outside of tests. */
export function chromiumForTests(): { readonly browser: Browser } {
  let running: Browser | undefined;
  beforeAll(async () => {
    const { chromium } = await import('playwright-core');
    // Its sandbox refuses to run as root, as which containers and CI run it.
    running = await chromium.launch({ executablePath: chromiumPath ?? '', chromiumSandbox: process.getuid?.() !== 0 });
  }, 60_000);
  afterAll(() => running?.close(), 30_000);
  return {
    get browser() {
      if (running === undefined) throw new Error('Chromium has not been started.');
      return running;
    },
  };
}

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
