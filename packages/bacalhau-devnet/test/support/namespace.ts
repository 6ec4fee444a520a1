import { spawnSync } from 'node:child_process';

/** Why there can be no server in a network namespace here; undefined where there can. */
const missing = ((): string | undefined => {
  if (process.platform !== 'linux') return 'it needs the network namespaces of Linux';
  const userOfOwn = process.getuid?.() === 0 ? [] : ['--user', '--map-root-user'];
  const namespace = ['--net', '--pid', '--fork', ...userOfOwn, 'ip', 'link', 'set', 'lo', 'up'];
  const env = { ...process.env, PATH: `${process.env['PATH']}:/usr/sbin:/sbin` };
  if (spawnSync('unshare', namespace, { stdio: 'ignore', env }).status !== 0)
    return 'no network namespace can be made here';
  const hasGo = ['go', '/usr/lib/go-1.19/bin/go'].some((go) => spawnSync(go, ['version']).status === 0);
  return hasGo ? undefined : 'there is no Go to build the server with';
})();

const required = (process.env['BACALHAU_TEST_REQUIRE'] ?? '').split(',').includes('legacy');
const runs = missing === undefined || required;

/** Like `describe`; skipped where there can be no network namespace, unless BACALHAU_TEST_REQUIRE wants it. */
export function describeInNamespace(title: string, tests: () => void): void {
  if (runs) describe(title, tests);
  else describe.skip(`${title} (skipped: ${missing})`, tests);
}

/** Does the same for one test. */
export function testInNamespace(title: string, work: () => Promise<void>): void {
  if (runs) test(title, work);
  else test.skip(`${title} (skipped: ${missing})`, work);
}
