import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type Figure, median, ratioFigure } from './figure.ts';
import type { Project } from './project.ts';

const LIMIT = 1.5;

const PROGRAMS = {
  sdk: `import { Bacalhau, docker } from 'bacalhau-sdk';
    const bacalhau = new Bacalhau({ host: '127.0.0.1' });
    const { stdout } = await bacalhau.jobs.run(docker({ image: 'ubuntu', entrypoint: ['echo', 'hello'] }));
    export const words: string = stdout;`,
  axios: `import axios from 'axios';
    const { data } = await axios.get<{ readonly stdout: string }>('http://127.0.0.1:1234/', { timeout: 1_000 });
    export const words: string = data.stdout;`,
};

const compilerOptions = {
  ...{ target: 'es2022', module: 'nodenext', lib: ['es2022', 'dom', 'esnext.disposable'], types: [], strict: true },
  ...{ skipLibCheck: true, noEmit: true },
};

/** Type-checking a hello-world that uses the SDK, and one that uses axios alone, in turns: the compiler's own count. */
export async function typeFigures({ folder }: Project, rounds: number): Promise<readonly Figure[]> {
  const tsc = createRequire(import.meta.url).resolve('typescript/lib/tsc.js');
  const seconds: Record<string, number[]> = { sdk: [], axios: [] };
  for (const [name, text] of Object.entries(PROGRAMS)) {
    const directory = join(folder, `types-${name}`);
    await mkdir(directory, { recursive: true });
    await writeFile(join(directory, 'main.ts'), text);
    await writeFile(join(directory, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['main.ts'] }));
  }
  for (let round = 0; round <= rounds; round += 1) {
    for (const [name, list] of Object.entries(seconds)) {
      const args = [tsc, '-p', join(folder, `types-${name}`), '--extendedDiagnostics'];
      const { stdout } = await promisify(execFile)(process.execPath, args);
      const [, total] = /^Total time:\s+([\d.]+)s$/m.exec(stdout) ?? [];
      if (round > 0) list.push(Number(total));
    }
  }
  const [sdk = [], axios = []] = [seconds['sdk'], seconds['axios']];
  return [
    ratioFigure('type-check of a hello-world', { sdk: median(sdk), axios: median(axios), limit: LIMIT, unit: 's' }),
  ];
}
