import { spawnSync } from 'node:child_process';
import { chromiumPath } from './chromium.js';

/** What a test needs beyond Node and the devnet. CI names them in `BACALHAU_TEST_REQUIRE`, and then none may be missing. */
export type Requirement = 'docker' | 'ipfs' | 's3' | 'legacy' | 'chromium';

const MISSING: Readonly<Record<Requirement, () => string | undefined>> = {
  docker: () =>
    spawnSync('docker', ['info'], { stdio: 'ignore' }).status === 0 ? undefined : 'Docker does not answer',
  ipfs: () => (process.env['BACALHAU_TEST_IPFS_API'] ? undefined : 'BACALHAU_TEST_IPFS_API names no IPFS node'),
  s3: () => (process.env['BACALHAU_TEST_S3_ENDPOINT'] ? undefined : 'BACALHAU_TEST_S3_ENDPOINT names no S3 server'),
  legacy: () => legacyMissing,
  chromium: () =>
    chromiumPath ? undefined : 'there is no chromium on the PATH, and BACALHAU_TEST_CHROMIUM names none',
};

/** What a Bacalhau server of 2022 needs; each of its tests starts its own. */
const legacyMissing = ((): string | undefined => {
  if (process.platform !== 'linux') return 'the legacy server needs the network namespaces of Linux';
  const userOfOwn = process.getuid?.() === 0 ? [] : ['--user', '--map-root-user'];
  const namespace = ['--net', '--pid', '--fork', ...userOfOwn, 'ip', 'link', 'set', 'lo', 'up'];
  const env = { ...process.env, PATH: `${process.env['PATH']}:/usr/sbin:/sbin` };
  if (spawnSync('unshare', namespace, { stdio: 'ignore', env }).status !== 0)
    return 'no network namespace can be made here';
  const hasGo = ['go', '/usr/lib/go-1.19/bin/go'].some((go) => spawnSync(go, ['version']).status === 0);
  return hasGo ? undefined : 'there is no Go to build the legacy server with';
})();

/** Like `describe`, for tests that need something: without it they are skipped, and their title says why. */
export function describeWith(requirements: readonly Requirement[], title: string, tests: () => void): void {
  const required = (process.env['BACALHAU_TEST_REQUIRE'] ?? '').split(',');
  const missing = requirements.flatMap((requirement) => MISSING[requirement]() ?? []);
  if (missing.length === 0) {
    describe(title, tests);
  } else if (requirements.some((requirement) => required.includes(requirement))) {
    test(title, () => {
      throw new Error(`Required here, but ${missing.join(', ')}.`);
    });
  } else {
    describe.skip(`${title} (skipped: ${missing.join(', ')})`, tests);
  }
}
