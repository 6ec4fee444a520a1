import { createHash } from 'node:crypto';
import fs from 'node:fs/promises';
import path from 'node:path';
import { cached } from './cache.mjs';
import { ensureGo } from './go.mjs';
import { runToEnd } from './processes.mjs';
import { stage } from './stage.mjs';

/**
 * Builds a program from source, once for each set of versions. The folder of its name has the go.mod and go.sum that say
 * what is built.
 *
 * @param {import('./run.mjs').Run} run
 * @param {{name: string, program: string, source: string}} what
 */
export async function buildProgram(run, { name, program, source }) {
  const module = path.join(import.meta.dirname, name);
  const definition = await fs.readFile(path.join(module, 'go.mod'), 'utf8');
  const version = /^go (\S+)$/m.exec(definition)?.[1] ?? '';
  const goBin = await stage(`go for ${name}`, () => ensureGo(run, version));
  const key = createHash('sha256')
    .update(definition)
    .update(await fs.readFile(path.join(module, 'go.sum')))
    .update(`${process.platform} ${process.arch}`)
    .digest('hex')
    .slice(0, 16);
  const folder = await stage(`${name} program`, () =>
    cached(run, `${name}-${key}`, async (target) => {
      const args = ['build', '-mod=readonly', '-trimpath', '-ldflags=-s -w', '-o', path.join(target, program)];
      // Without C there is no compiler to install, and the program runs wherever it is carried.
      const env = { CGO_ENABLED: '0', GOWORK: 'off', GOFLAGS: '' };
      await runToEnd(run, path.join(goBin, 'go'), [...args, source], { cwd: module, env, minutes: 40 });
    }),
  );
  return { file: path.join(folder, program), goBin };
}
