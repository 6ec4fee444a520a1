/** Calls the server, over and over: `calls.ts sdk|client|axios URL DIR`. */
import axios from 'axios';
import { Configuration, JobApi } from 'bacalhau-apiclient';
import { Bacalhau } from 'bacalhau-sdk';
import { answer } from '../lib/contestant.ts';

/** So many calls, so many of them at once. */
export interface CallsQuestion {
  readonly operation: 'get' | 'list';
  readonly jobId: string;
  readonly calls: number;
  readonly concurrency: number;
}

/** Of one call. */
export interface CallsAnswer {
  readonly wallMs: number;
  readonly cpuMs: number;
}

const [who, url = '', dir = ''] = process.argv.slice(2);
const LIMIT = 5;

function callsOf(): Readonly<Record<CallsQuestion['operation'], (jobId: string) => PromiseLike<unknown>>> {
  if (who === 'sdk') {
    const { jobs } = new Bacalhau({ baseUrl: url, dir, maxRetries: 0 });
    return { get: (jobId) => jobs.get(jobId), list: () => jobs.list({ limit: LIMIT }) };
  }
  if (who === 'client') {
    const jobs = new JobApi(new Configuration({ basePath: url }));
    return { get: (jobId) => jobs.getJob({ jobId, limit: 10 }), list: () => jobs.listJobs({ limit: LIMIT }) };
  }
  const jobs = `${url}/api/v1/orchestrator/jobs`;
  return {
    get: (jobId) => axios.get(`${jobs}/${jobId}`, { params: { limit: 10 } }),
    list: () => axios.get(jobs, { params: { limit: LIMIT } }),
  };
}

const ways = callsOf();
await answer<CallsQuestion, CallsAnswer>(async ({ operation, jobId, calls, concurrency }) => {
  const call = ways[operation];
  let left = calls;
  const one = async (): Promise<void> => {
    while (left > 0) {
      left -= 1;
      await call(jobId);
    }
  };
  const cpu = process.cpuUsage();
  const began = performance.now();
  await Promise.all(Array.from({ length: concurrency }, one));
  const wallMs = (performance.now() - began) / calls;
  const { user, system } = process.cpuUsage(cpu);
  return { wallMs, cpuMs: (user + system) / 1_000 / calls };
});
process.exit();
