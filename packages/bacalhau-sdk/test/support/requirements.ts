import { spawnSync } from 'node:child_process';
import { type Capability, isCapability, tagOf, type ValueOf } from './capabilities.js';
import { chromiumPath } from './chromium.js';
import { findPython } from './python.js';
import { computeNodes, devnetServer, has } from './server.js';

/** What a test needs beyond Node and the devnet. CI names them in `BACALHAU_TEST_REQUIRE`, and then none may be missing. */
export type Requirement =
  | 'docker'
  | 'ipfs'
  | 's3'
  | 'legacy'
  | 'mounts'
  | 'chromium'
  | 'two-nodes'
  | 'own-network'
  | 'python';

const MISSING: Readonly<Record<Requirement, () => string | undefined>> = {
  docker: () =>
    spawnSync('docker', ['info'], { stdio: 'ignore' }).status === 0 ? undefined : 'Docker does not answer',
  ipfs: () => (process.env['BACALHAU_TEST_IPFS_API'] ? undefined : 'BACALHAU_TEST_IPFS_API names no IPFS node'),
  s3: () => (process.env['BACALHAU_TEST_S3_ENDPOINT'] ? undefined : 'BACALHAU_TEST_S3_ENDPOINT names no S3 server'),
  legacy: () => legacyMissing,
  mounts: () => {
    const mount = ['--user', '--map-root-user', '--mount', 'mount', '-t', 'tmpfs', 'tmpfs', '/mnt'];
    return spawnSync('unshare', mount, { stdio: 'ignore' }).status === 0 ? undefined : 'nothing can be mounted here';
  },
  'own-network': () => (/^https?:/.test(devnetServer) ? 'the server that is tried is somebody else’s' : undefined),
  python: () => (findPython() ? undefined : 'there is no python3 on the PATH'),
  'two-nodes': () => (computeNodes() >= 2 ? undefined : 'the network has one node'),
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

type Need = Requirement | Capability;

/**
 * Like `describe`, for tests that need something. On a server without one of the capabilities they are not declared; where
 * another requirement is missing they are skipped, and their title says why.
 */
export function describeWith(needs: readonly Need[], title: string, tests: () => void): void {
  declareWith(needs, title, { declare: (full) => describe(full, tests), skip: (full) => describe.skip(full, tests) });
}

/** Like `test`, for a test that needs something, as {@link describeWith} does. */
export function testWith(needs: readonly Need[], title: string, run: () => Promise<void>, timeoutMs?: number): void {
  declareWith(needs, title, {
    declare: (full) => test(full, run, timeoutMs),
    skip: (full) => test.skip(full, run, timeoutMs),
  });
}

interface Ways {
  readonly declare: (title: string) => void;
  readonly skip: (title: string) => void;
}

function declareWith(needs: readonly Need[], title: string, { declare, skip }: Ways): void {
  const requirements = needs.filter((need): need is Requirement => need in MISSING);
  const capabilities = needs.filter((need): need is Capability => isCapability(need));
  if (!capabilities.every((capability) => has(capability))) return;
  const tagged = [title, ...capabilities.map((capability) => tagOf(capability, 'yes'))].join(' ');
  const required = (process.env['BACALHAU_TEST_REQUIRE'] ?? '').split(',');
  const missing = requirements.flatMap((requirement) => MISSING[requirement]() ?? []);
  if (missing.length === 0) {
    declare(tagged);
  } else if (requirements.some((requirement) => required.includes(requirement))) {
    test(tagged, () => {
      throw new Error(`Required here, but ${missing.join(', ')}.`);
    });
  } else {
    skip(`${tagged} (skipped: ${missing.join(', ')})`);
  }
}

/** Like `describe`, for servers where the task goes in this way. */
export function describeWhere<C extends Capability>(
  [capability, value]: readonly [C, ValueOf<C>],
  title: string,
  tests: () => void,
): void {
  if (has(capability, value)) describe(`${title} ${tagOf(capability, value)}`, tests);
}

/** Like `test`, for servers where the task goes in this way: with `no`, the measurement that it cannot be done. */
export function testWhere<C extends Capability>(
  [capability, value]: readonly [C, ValueOf<C>],
  title: string,
  run: () => Promise<void>,
  timeoutMs?: number,
): void {
  if (has(capability, value)) test(`${title} ${tagOf(capability, value)}`, run, timeoutMs);
}
