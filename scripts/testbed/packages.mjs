import fs from 'node:fs';
import path from 'node:path';
import { cacheFolder, findProgram } from './paths.mjs';
import { runToEnd } from './processes.mjs';

/** Which package of Debian and Ubuntu has which program. */
const PACKAGE_OF = {
  dockerd: 'docker.io',
  containerd: 'containerd',
  'docker-registry': 'docker-registry',
  debootstrap: 'debootstrap',
  busybox: 'busybox-static',
  go: 'golang-go',
  'update-ca-certificates': 'ca-certificates',
  ip: 'iproute2',
  unshare: 'util-linux',
  chromium: 'chromium',
};

/**
 * Installs the packages that are missing. A new Docker or registry would be started at once as a service of the
 * system; a policy forbids that while the packages are installed. The lock keeps two runs from undoing each other's.
 * The package lists are only fetched if they are missing or too old.
 */
const INSTALL = `
policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
  trap 'rm -f "$policy"' EXIT
  trap 'exit 1' INT TERM HUP
  printf '#!/bin/sh\\nexit 101\\n' > "$policy"
  chmod 755 "$policy"
fi
install() { apt-get -o DPkg::Lock::Timeout=300 install --yes --no-install-recommends "$@"; }
install "$@" || { apt-get -o DPkg::Lock::Timeout=300 update && install "$@"; }
`;

/** Makes sure that the programs are there. */
export async function ensurePrograms(
  /** @type {import('./run.mjs').Run} */ run,
  /** @type {(keyof typeof PACKAGE_OF)[]} */ programs,
) {
  const missing = programs.filter((program) => !isInstalled(program)).map((program) => PACKAGE_OF[program]);
  if (missing.length === 0) return;
  if (process.getuid?.() !== 0 || !findProgram('apt-get')) {
    throw new Error(
      `these have to be installed first: ${missing.join(' ')} (names of Debian's packages; on Debian or Ubuntu, as root, the testbed installs them itself)`,
    );
  }
  await runToEnd(run, 'flock', [path.join(cacheFolder, 'packages.lock'), 'sh', '-c', INSTALL, 'sh', ...missing], {
    env: { DEBIAN_FRONTEND: 'noninteractive' },
    minutes: 20,
  });
  const unfound = programs.filter((program) => !findProgram(program));
  if (unfound.length > 0) throw new Error(`installed, but without these programs: ${unfound.join(' ')}`);
}

function isInstalled(/** @type {string} */ program) {
  const file = findProgram(program);
  // The ordinary busybox needs libraries that its image would not have.
  return file !== undefined && (program !== 'busybox' || isStatic(file));
}

function isStatic(/** @type {string} */ file) {
  return !fs.readFileSync(file).subarray(0, 4096).includes('ld-');
}
