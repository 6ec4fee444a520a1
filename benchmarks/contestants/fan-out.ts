/** Runs many small jobs, so many at once: `fan-out.ts map|whole|loop URL DIR`. */
import { setTimeout as pause } from 'node:timers/promises';
import { Configuration, JobApi } from 'bacalhau-apiclient';
import { Bacalhau } from 'bacalhau-sdk';
import { answer } from '../lib/contestant.ts';
import { smallJob } from '../lib/jobs.ts';

export interface FanOutQuestion {
  readonly jobs: number;
  readonly concurrency: number;
}

export interface FanOutAnswer {
  readonly wallMs: number;
  /** To the server's API, by what they are for. */
  readonly requests: { readonly submit: number; readonly wait: number; readonly collect: number };
}

const POLL_MS = 100;
const ENDED = ['Completed', 'Failed', 'Stopped'];

const [who, url = '', dir = ''] = process.argv.slice(2);

async function map({ jobs, concurrency }: FanOutQuestion): Promise<FanOutAnswer['requests']> {
  const requests = { submit: 0, wait: 0, collect: 0 };
  const onRequest = ({ operation }: { readonly operation: string }): void => {
    if (operation === 'job.wait') requests.wait += 1;
    else if (operation === 'jobs.put') requests.submit += 1;
    else requests.collect += 1;
  };
  await using bacalhau = new Bacalhau({ baseUrl: url, dir, onRequest });
  const output = who === 'whole' ? 'whole' : 'beginning';
  const inputs = Array.from({ length: jobs }, (_, index) => index);
  let done = 0;
  for await (const item of bacalhau.jobs.map(inputs, (index) => specOf(index), { concurrency, output })) {
    if (item.status === 'rejected') throw item.error;
    check(item.value.stdout);
    done += 1;
  }
  if (done !== jobs) throw new Error(`${done} of ${jobs} items came.`);
  return requests;
}

/** What one writes without the SDK: some workers, each of which submits, polls and reads what was printed. */
async function loop({ jobs, concurrency }: FanOutQuestion): Promise<FanOutAnswer['requests']> {
  const requests = { submit: 0, wait: 0, collect: 0 };
  const api = new JobApi(new Configuration({ basePath: url }));
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < jobs) {
      const putJobRequest = { Job: specOf(next) };
      next += 1;
      requests.submit += 1;
      const jobId = (await api.putJob({ putJobRequest })).data.JobID;
      for (let ended = false; !ended; ) {
        await pause(POLL_MS);
        requests.wait += 1;
        const { Job } = (await api.getJob({ jobId })).data;
        ended = ENDED.includes(Job.State?.StateType ?? '');
      }
      requests.collect += 1;
      const { Items } = (await api.listJobExecutions({ jobId })).data;
      check(Items[0]?.RunOutput?.Stdout);
    }
  };
  await Promise.all(Array.from({ length: concurrency }, worker));
  return requests;
}

/** Each another one, as the parts of a piece of work are. */
const specOf = (index: number): ReturnType<typeof smallJob> => ({
  ...smallJob(`item-${index}`),
  Meta: { item: String(index) },
});

function check(stdout: string | undefined): void {
  if (stdout !== 'done\n') throw new Error(`A job printed ${JSON.stringify(stdout)}.`);
}

await answer<FanOutQuestion, FanOutAnswer>(async (question) => {
  const began = performance.now();
  const requests = await (who === 'loop' ? loop : map)(question);
  return { wallMs: performance.now() - began, requests };
});
process.exit();
