/** The Python SDK, in a virtual environment of its own in this user's cache folder. */
import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

const SDK = ['bacalhau-sdk==1.4.2', 'bacalhau-apiclient==1.4.1'];
/** What these import. They name linters and test runners among their dependencies too, which are left out. */
const IMPORTED = ['six', 'certifi', 'urllib3', 'python-dateutil'];

export const PYTHON_SDK = SDK.join(', ').replaceAll('==', ' ');

/** The Python that has the SDK, or why there is none. */
export async function pythonWithSdk(): Promise<{ readonly path: string } | { readonly missing: string }> {
  const folder = join(homedir(), '.cache', 'bacalhau-benchmarks', 'python');
  const path = join(folder, 'bin', 'python');
  const ready = join(folder, 'ready');
  if (existsSync(ready)) return { path };
  try {
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(join(folder, '..'), { recursive: true });
    await run('python3', ['-m', 'venv', folder]);
    const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check'];
    await run(path, [...pip, '--no-deps', ...SDK]);
    await run(path, [...pip, ...IMPORTED]);
    await run(path, ['-c', 'import bacalhau_sdk.jobs']);
    writeFileSync(ready, '');
    return { path };
  } catch (error) {
    const said = error instanceof Error ? error.message : String(error);
    return { missing: `The Python SDK could not be installed: ${said.split('\n', 1)[0]}` };
  }
}
