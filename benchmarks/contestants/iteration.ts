/** Walks through all jobs: `iteration.ts sdk|client URL DIR`, with `--expose-gc`. */
import { Configuration, JobApi } from 'bacalhau-apiclient';
import { Bacalhau } from 'bacalhau-sdk';
import { answer } from '../lib/contestant.ts';

export interface IterationQuestion {
  readonly pageSize: number;
  /** Whether to look at the memory, which takes time. */
  readonly memory: boolean;
}

export interface IterationAnswer {
  readonly jobs: number;
  readonly wallMs: number;
  /** The most that was in use at the end of a page, in MB, after what nobody needs any more was collected. */
  readonly peakMb: number;
}

const [who, url = '', dir = ''] = process.argv.slice(2);

async function walkSdk(pageSize: number, onJob: () => void): Promise<void> {
  await using bacalhau = new Bacalhau({ baseUrl: url, dir });
  for await (const _job of bacalhau.jobs.list({ limit: pageSize })) onJob();
}

async function walkClient(pageSize: number, onJob: () => void): Promise<void> {
  const api = new JobApi(new Configuration({ basePath: url }));
  for (let nextToken: string | undefined; nextToken !== ''; ) {
    const { data } = await api.listJobs({ limit: pageSize, ...(nextToken !== undefined && { nextToken }) });
    for (const _job of data.Items) onJob();
    nextToken = data.NextToken;
  }
}

await answer<IterationQuestion, IterationAnswer>(async ({ pageSize, memory }) => {
  let jobs = 0;
  let peak = 0;
  const began = performance.now();
  await (who === 'sdk' ? walkSdk : walkClient)(pageSize, () => {
    jobs += 1;
    if (!memory || jobs % pageSize !== 0) return;
    globalThis.gc?.();
    const { heapUsed, external } = process.memoryUsage();
    peak = Math.max(peak, heapUsed + external);
  });
  return { jobs, wallMs: performance.now() - began, peakMb: peak / 1e6 };
});
process.exit();
