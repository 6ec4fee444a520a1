import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PACKAGE_DIR } from './support/child.js';
import { BUILD_TIMEOUT_MS, pinnedServer, TEST_TIMEOUT_MS } from './support/server.js';

jest.setTimeout(TEST_TIMEOUT_MS);

/** A project of somebody who has installed the packed package. */
let project: string;

beforeAll(async () => {
  await pinnedServer();
  project = mkdtempSync(join(tmpdir(), 'devnet-test-'));
  const tarball = execFileSync('npm', ['pack', '--silent', '--pack-destination', project], {
    cwd: PACKAGE_DIR,
    encoding: 'utf8',
  }).trim();
  const target = join(project, 'node_modules', 'bacalhau-devnet');
  mkdirSync(target, { recursive: true });
  execFileSync('tar', ['-xzf', join(project, tarball), '--strip-components=1', '-C', target]);
  writeFileSync(join(project, 'package.json'), '{}');
}, BUILD_TIMEOUT_MS);

afterAll(() => rmSync(project, { recursive: true, force: true }));

function run(file: string, text: string, runner: readonly string[] = []): string {
  writeFileSync(join(project, file), text);
  return execFileSync(process.execPath, [...runner, file], { cwd: project, encoding: 'utf8', stdio: 'pipe' });
}

const USE = `
  const devnet = await startDevnet({ server: 'pinned' });
  const { status } = await fetch(devnet.url + '/api/v1/agent/alive');
  await devnet.stop();
`;

describe('the packed package starts a devnet', () => {
  test('from an ES module', () => {
    const text = `import { startDevnet } from 'bacalhau-devnet';\n${USE}\nconsole.log(status);`;
    expect(run('use.mjs', text)).toBe('200\n');
  });

  test('from a CommonJS module', () => {
    const text = `const { startDevnet } = require('bacalhau-devnet');\n(async () => {${USE}\nconsole.log(status); })();`;
    expect(run('use.cjs', text)).toBe('200\n');
  });

  test('from inside a jest test', () => {
    const jest = createRequire(join(PACKAGE_DIR, 'package.json')).resolve('jest/bin/jest');
    const text = `const { startDevnet } = require('bacalhau-devnet');
      test('works', async () => {${USE}\nexpect(status).toBe(200); }, 60_000);`;
    expect(() => run('use.test.js', text, [jest, '--rootDir', project])).not.toThrow();
  });

  test('and an error of one build is an instanceof the class of the other', () => {
    const text = `import * as esm from 'bacalhau-devnet';
      import { createRequire } from 'node:module';
      const cjs = createRequire(import.meta.url)('bacalhau-devnet');
      const error = await cjs.startDevnet({ computeNodes: -1 }).catch((caught) => caught);
      console.log(esm.DevnetError.is(error), error instanceof cjs.DevnetError, esm.DevnetError.is(new Error('no')));`;
    expect(run('errors.mjs', text)).toBe('true true false\n');
  });

  test('with its command', () => {
    const file = 'node_modules/bacalhau-devnet/dist/cli.mjs';
    const output = execFileSync(process.execPath, [file, '--version'], { cwd: project, encoding: 'utf8' });
    expect(output).toContain('bacalhau-devnet 0.1.0');
  });
});
