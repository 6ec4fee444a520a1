import fs from 'node:fs/promises';
import path from 'node:path';
import { ensurePrograms } from './packages.mjs';
import { findProgram } from './paths.mjs';
import { runToEnd } from './processes.mjs';

/** The first Go that fetches, by itself, the newer Go that a module asks for. */
const SELF_UPDATING = 21;

/**
 * Makes sure there is a Go that can build a module that needs `version`, and returns the folder of its programs.
 *
 * @param {import('./run.mjs').Run} run
 * @param {string} version such as 1.26.4
 */
export async function ensureGo(run, version) {
  // Go's modules come over HTTPS, and a bare machine trusts nobody.
  if (!findProgram('go')) await ensurePrograms(run, ['go', 'update-ca-certificates']);
  const go = findProgram('go') ?? 'go';
  const minor = /^go1\.(\d+)/.exec(await runToEnd(run, go, ['env', 'GOVERSION']))?.[1];
  if (Number(minor) >= SELF_UPDATING) return path.dirname(go);

  // An older Go can still fetch the newer one, which is published as a module; it is what the newer ones do.
  const system = (await runToEnd(run, go, ['env', 'GOOS', 'GOARCH'])).trim().replace(/\s+/, '-');
  const toolchain = `golang.org/toolchain@v0.0.1-go${version}.${system}`;
  const { Dir } = JSON.parse(await runToEnd(run, go, ['mod', 'download', '-json', toolchain], { minutes: 20 }));
  await makeExecutable(path.join(Dir, 'bin'));
  await makeExecutable(path.join(Dir, 'pkg', 'tool'));
  return path.join(Dir, 'bin');
}

/** Modules are unpacked without the permission to execute. */
async function makeExecutable(/** @type {string} */ folder) {
  for (const entry of await fs.readdir(folder, { recursive: true, withFileTypes: true })) {
    if (entry.isFile()) await fs.chmod(path.join(entry.parentPath ?? entry.path, entry.name), 0o555);
  }
}
