/** Runs many small jobs, so many at once: `fan-out.ts map|whole|loop URL DIR [bare|SECONDS]`, bare ones or such that sleep. */
import { setTimeout as pause } from 'node:timers/promises';
import { Configuration, type Job, JobApi } from 'bacalhau-apiclient';
import { Bacalhau, type MapProgress } from 'bacalhau-sdk';
import { answer } from '../lib/contestant.ts';
import { bareJob, sleepingJob, smallJob } from '../lib/jobs.ts';

export interface FanOutQuestion {
  readonly jobs: number;
  /** Loops need a number. */
  readonly concurrency: number | 'auto';
  /** Whether a second client takes it up again when it is done; for `map` only. */
  readonly isTakenUpAgain?: boolean;
}

export interface FanOutAnswer {
  readonly wallMs: number;
  /** To the server's API, by what they are for; `nodes` is what room they have. */
  readonly requests: Readonly<Record<'submit' | 'wait' | 'collect' | 'nodes', number>>;
  readonly failed: number;
  /** How many jobs were queued at once, at most; for `map` only. */
  readonly mostQueued: number;
  /** After each thousand jobs; for `map` only. */
  readonly thousands: readonly Thousand[];
  /** What it takes to be taken up again when all is done. */
  readonly again?: { readonly wallMs: number; readonly requests: number; readonly submitted: number };
}

export interface Thousand {
  /** How long these jobs took. */
  readonly wallMs: number;
  /** After a garbage collection, in MB. */
  readonly heap: number;
}

const POLL_MS = 100;
/** Where few jobs run at once, a loop that polls more seldom leaves the node idle. */
const SHORT_POLL_MS = 20;
const ENDED = ['Completed', 'Failed', 'Stopped'];

const [who, url = '', dir = '', kind] = process.argv.slice(2);

type Run = Omit<FanOutAnswer, 'wallMs'>;

async function map({ jobs, concurrency, isTakenUpAgain = false }: FanOutQuestion): Promise<Run> {
  const requests = { submit: 0, wait: 0, collect: 0, nodes: 0 };
  const onRequest = ({ operation }: { readonly operation: string }): void => {
    if (operation === 'job.wait') requests.wait += 1;
    else if (operation === 'jobs.put') requests.submit += 1;
    else if (operation === 'nodes.list') requests.nodes += 1;
    else requests.collect += 1;
  };
  let mostQueued = 0;
  const onProgress = ({ queued }: MapProgress): void => {
    mostQueued = Math.max(mostQueued, queued);
  };
  await using bacalhau = new Bacalhau({ baseUrl: url, dir, onRequest });
  const output = who === 'whole' ? 'whole' : 'beginning';
  const inputs = Array.from({ length: jobs }, (_, index) => index);
  const thousands: Thousand[] = [];
  let done = 0;
  let failed = 0;
  let thousandBegan = performance.now();
  const options = { concurrency, output, onProgress, ...(isTakenUpAgain && { name: 'fan-out' }) } as const;
  for await (const item of bacalhau.jobs.map(inputs, (index) => specOf(index), options)) {
    if (item.status === 'rejected') {
      failed += 1;
      process.stderr.write(`${item.error}\n`);
    } else check(item.value.stdout);
    done += 1;
    if (done % 1_000 === 0) {
      const wallMs = performance.now() - thousandBegan;
      globalThis.gc?.();
      thousands.push({ wallMs, heap: process.memoryUsage().heapUsed / 1e6 });
      process.stderr.write(`${done} in ${Math.round(wallMs)} ms\n`);
      thousandBegan = performance.now();
    }
  }
  if (done !== jobs) throw new Error(`${done} of ${jobs} items came.`);
  return { requests, failed, mostQueued, thousands, ...(isTakenUpAgain && { again: await takeUpAgain(inputs) }) };
}

async function takeUpAgain(inputs: readonly number[]): Promise<NonNullable<FanOutAnswer['again']>> {
  let requests = 0;
  let submitted = 0;
  const onRequest = ({ operation }: { readonly operation: string }): void => {
    requests += 1;
    if (operation === 'jobs.put') submitted += 1;
  };
  await using bacalhau = new Bacalhau({ baseUrl: url, dir, onRequest });
  const began = performance.now();
  let done = 0;
  for await (const item of bacalhau.jobs.map(inputs, (index) => specOf(index), {
    name: 'fan-out',
    output: 'beginning',
  })) {
    if (item.status === 'rejected') throw item.error;
    check(item.value.stdout);
    done += 1;
  }
  if (done !== inputs.length) throw new Error(`${done} of ${inputs.length} items came again.`);
  return { wallMs: performance.now() - began, requests, submitted };
}

/** What one writes without the SDK: some workers, each of which submits, polls and reads what was printed. */
async function loop({ jobs, concurrency }: FanOutQuestion): Promise<Run> {
  const requests = { submit: 0, wait: 0, collect: 0, nodes: 0 };
  const api = new JobApi(new Configuration({ basePath: url }));
  // Servers refuse more than 1,000 requests a second.
  const pollMs = kind === 'bare' ? Math.max(SHORT_POLL_MS, Number(concurrency) * 1.25) : POLL_MS;
  let next = 0;
  let failed = 0;
  const worker = async (): Promise<void> => {
    while (next < jobs) {
      const index = next;
      next += 1;
      const putJobRequest = { Job: withQueueTimeout(await specOf(index)) };
      requests.submit += 1;
      const jobId = (await api.putJob({ putJobRequest })).data.JobID;
      let state = '';
      while (!ENDED.includes(state)) {
        await pause(pollMs);
        requests.wait += 1;
        state = (await api.getJob({ jobId })).data.Job.State?.StateType ?? '';
      }
      if (state !== 'Completed') {
        failed += 1;
        continue;
      }
      requests.collect += 1;
      const { Items } = (await api.listJobExecutions({ jobId })).data;
      check(Items[0]?.RunOutput?.Stdout);
    }
  };
  await Promise.all(Array.from({ length: Number(concurrency) }, worker));
  return { requests, failed, mostQueued: Number.NaN, thousands: [] };
}

/** Each another one, as the parts of a piece of work are. */
const specOf = async (index: number): Promise<Job> => ({
  ...(await jobOf(`item-${index}`)),
  Meta: { item: String(index) },
});

function jobOf(name: string): Job | Promise<Job> {
  if (kind === undefined) return smallJob(name);
  return kind === 'bare' ? bareJob(name) : sleepingJob(name, Number(kind));
}

/** Without one, most jobs of a loop fail as soon as the nodes are busy. */
const withQueueTimeout = ({ Tasks, ...job }: Job): Job => ({
  ...job,
  Tasks: Tasks.map((task) => ({ ...task, Timeouts: { QueueTimeout: 600 } })),
});

function check(stdout: string | undefined): void {
  if (stdout !== 'done\n') throw new Error(`A job printed ${JSON.stringify(stdout)}.`);
}

await answer<FanOutQuestion, FanOutAnswer>(async (question) => {
  const began = performance.now();
  const run = await (who === 'loop' ? loop : map)(question);
  return { wallMs: performance.now() - began, ...run };
});
process.exit();
