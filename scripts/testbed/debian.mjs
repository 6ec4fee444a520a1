import fs from 'node:fs';
import { runToEnd } from './processes.mjs';

/** Where this machine gets its own packages from, according to apt's configuration. */
export async function debianSource(/** @type {import('./run.mjs').Run} */ run) {
  const codename = /^VERSION_CODENAME="?([^"\n]+)/m.exec(fs.readFileSync('/etc/os-release', 'utf8'))?.[1];
  if (!codename) throw new Error('this machine does not say which release of Debian or Ubuntu it has');

  const format = '$(CODENAME)|$(COMPONENT)|$(REPO_URI)|$(SIGNED_BY)';
  const listing = await runToEnd(run, 'apt-get', ['indextargets', '--format', format, 'Created-By: Packages']);
  const [, , address, signedBy] =
    listing
      .split('\n')
      .map((line) => line.split('|'))
      .find(([release, component]) => release === codename && component === 'main') ?? [];
  if (!address) throw new Error(`apt has no source for ${codename} main`);
  return { codename, address: firstMirror(address), keyring: signedBy?.startsWith('/') ? signedBy : undefined };
}

/** Some machines name a file with a list of mirrors in place of an address. */
function firstMirror(/** @type {string} */ address) {
  const file = /^mirror(?:\+file)?:(?:\/\/)?(\/.+?)\/?$/.exec(address)?.[1];
  if (!file) return address;
  const mirror = fs
    .readFileSync(file, 'utf8')
    .split('\n')
    .map((line) => line.split(/\s/)[0] ?? '')
    .find((word) => /^https?:/.test(word));
  if (!mirror) throw new Error(`no mirror in ${file}`);
  return mirror;
}
