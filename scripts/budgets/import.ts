import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { type Figure, median, ratioFigure } from './figure.ts';
import type { Project } from './project.ts';

/** How long it may take, and what memory it may take, as multiples of importing axios. */
const LIMITS = { time: 1.5, memory: 1.3 };

const SUBJECTS = ['nothing', 'axios', 'bacalhau-sdk'] as const;
type Subject = (typeof SUBJECTS)[number];
const FORMATS = { 'ES module': 'module', CommonJS: 'commonjs' } as const;

interface Cost {
  readonly ms: number;
  /** Live objects, in MB. */
  readonly heap: number;
  /** What the system gave the process, in MB. */
  readonly resident: number;
}

const load = (subject: Subject, type: string): string => {
  if (type === 'commonjs') return subject === 'nothing' ? '' : `require('${subject}');`;
  return subject === 'nothing' ? `await import('data:text/javascript,');` : `await import('${subject}');`;
};

/** Measured within the process, around the import. */
const program = (subject: Subject, type: string): string => `
  gc();
  const before = process.memoryUsage();
  const begin = performance.now();
  ${load(subject, type)}
  const ms = performance.now() - begin;
  const resident = process.memoryUsage().rss - before.rss;
  gc();
  const heap = process.memoryUsage().heapUsed - before.heapUsed;
  console.log(JSON.stringify({ ms, heap: heap / 1e6, resident: resident / 1e6 }));`;

async function measure({ folder }: Project, subject: Subject, type: string): Promise<Cost> {
  const args = ['--expose-gc', `--input-type=${type}`, '--eval', program(subject, type)];
  const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: folder });
  return JSON.parse(stdout);
}

/** Importing the SDK and importing axios, in turns, and net of what a process costs that imports nothing. */
export async function importFigures(project: Project, rounds: number): Promise<readonly Figure[]> {
  const figures: Figure[] = [];
  for (const [format, type] of Object.entries(FORMATS)) {
    const costs: Record<Subject, Cost[]> = { nothing: [], axios: [], 'bacalhau-sdk': [] };
    for (let round = 0; round <= rounds; round += 1) {
      for (const subject of SUBJECTS) {
        const cost = await measure(project, subject, type);
        if (round > 0) costs[subject].push(cost); // The first one fills the system's caches.
      }
    }
    const net = (subject: Subject, what: keyof Cost): number =>
      median(costs[subject].map((cost) => cost[what])) - median(costs.nothing.map((cost) => cost[what]));
    const figure = (about: string, what: keyof Cost, unit: string, limit: number): Figure =>
      ratioFigure(`import, ${format}: ${about}`, {
        sdk: net('bacalhau-sdk', what),
        axios: net('axios', what),
        limit,
        unit,
      });
    figures.push(
      figure('time', 'ms', 'ms', LIMITS.time),
      figure('objects', 'heap', 'MB', LIMITS.memory),
      figure('resident memory', 'resident', 'MB', LIMITS.memory),
    );
  }
  return figures;
}
