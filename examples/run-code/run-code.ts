import { fileURLToPath } from 'node:url';
import { type Bacalhau, docker, inputs, type LogEntry, publishers } from 'bacalhau-sdk';
import type { ZodType } from 'zod';

/** What runs programs of each language: an image, a command in it, and what calls the program there. */
const LANGUAGES = {
  python: { image: 'python', command: 'python3', runner: 'run.py', program: '/code/main.py' },
  javascript: { image: 'node', command: 'node', runner: 'run.mjs', program: '/code/main.mjs' },
} as const;

export interface CodeToRun<Output> {
  readonly language: keyof typeof LANGUAGES;
  /** A program that defines, in JavaScript exports, a function `main` of one value. */
  readonly code: string;
  /** The value that `main` is called with. JSON has to be able to hold it. */
  readonly input: unknown;
  /** What it returns. Anything else is refused: the program is not trusted to return it. */
  readonly output: ZodType<Output>;
  /** Called with what the program prints while it runs. */
  readonly onLog?: (entry: LogEntry) => void;
  readonly signal?: AbortSignal;
}

/** Runs a piece of code on a node, without a network, and returns what its function returned. */
export async function runCode<Output>(
  bacalhau: Bacalhau,
  { language, code, input, output, onLog, signal }: CodeToRun<Output>,
): Promise<Output> {
  const { image, command, runner, program } = LANGUAGES[language];
  const job = docker({
    image,
    entrypoint: [command, `/code/${runner}`, program, '/code/input.json', '/out/output.json'],
    inputs: [
      inputs.files(fileURLToPath(new URL(runner, import.meta.url)), { target: `/code/${runner}` }),
      inputs.inline({ content: code, target: program }),
      inputs.inline({ content: JSON.stringify(input), target: '/code/input.json' }),
    ],
    outputs: { out: '/out' },
    publisher: publishers.local(),
    resources: { cpu: '500m', memory: '512MB' },
    timeouts: { executionSeconds: 60 },
    network: 'none',
  });
  // A program that throws is a JobExitError, with the end of what it printed.
  const { jobId } = await bacalhau.jobs.run(job, { onLog, signal });
  const file = await bacalhau.jobs.handle(jobId).file('out/output.json', { signal });
  return output.parse(JSON.parse(await file.text()));
}
