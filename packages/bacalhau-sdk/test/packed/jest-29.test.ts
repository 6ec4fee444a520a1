import { cp, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startDevnet } from 'bacalhau-devnet';
import { printingJob } from '../support/wasm-jobs.js';
import { execute, installPacked } from './install.js';

test('an application whose pages are tested with jest 29 and jsdom works', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'bacalhau-jest-29-'));
  // Of its own, because the preflights of pages are not in the description of the API.
  const devnet = await startDevnet({ server: 'pinned' });
  try {
    const jest = ['jest@29.7.0', 'jest-environment-jsdom@29.7.0'];
    await installPacked(folder, ['bacalhau-apiclient', 'bacalhau-sdk'], jest);
    await cp(join(__dirname, 'project', 'page-29.test.cjs'), join(folder, 'page-29.test.cjs'));
    const REPORT = join(folder, 'report.json');
    const { Name: _, ...job } = await printingJob('printed');
    const env = { PATH: process.env['PATH'], SERVER_URL: devnet.url, TEST_JOB: JSON.stringify(job), REPORT };
    const program = join(folder, 'node_modules', 'jest', 'bin', 'jest.js');
    await execute(process.execPath, [program, '--testMatch', '**/page-29.test.cjs'], { cwd: folder, env });
    expect(JSON.parse(await readFile(REPORT, 'utf8'))).toEqual({
      lacks: ['undefined', 'undefined', 'undefined'],
      ...{ state: 'Completed', stdout: 'printed', mapped: ['fulfilled', 'fulfilled'] },
      aborted: Array.from({ length: 4 }, () => 'RequestAbortedError'),
      ...{ notFound: 'NotFoundError', refused: 'NotFoundError' },
      ...{ downloaded: 'UnsupportedRuntimeError', files: 'DownloadError', identity: 'UnsupportedRuntimeError' },
    });
  } finally {
    await devnet.stop();
    await rm(folder, { recursive: true, force: true });
  }
}, 300_000);
