import { spawnSync } from 'node:child_process';

/** What a test needs beyond Node and the devnet. CI names them in `BACALHAU_TEST_REQUIRE`, and then none may be missing. */
type Requirement = 'docker' | 'ipfs' | 's3';

const MISSING: Readonly<Record<Requirement, () => string | undefined>> = {
  docker: () =>
    spawnSync('docker', ['info'], { stdio: 'ignore' }).status === 0 ? undefined : 'Docker does not answer',
  ipfs: () => (process.env['BACALHAU_TEST_IPFS_API'] ? undefined : 'BACALHAU_TEST_IPFS_API names no IPFS node'),
  s3: () => (process.env['BACALHAU_TEST_S3_ENDPOINT'] ? undefined : 'BACALHAU_TEST_S3_ENDPOINT names no S3 server'),
};

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
