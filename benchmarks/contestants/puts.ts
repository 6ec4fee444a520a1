/** Submits small jobs one after the other for a while, into a namespace of their own: `puts.ts URL`. */
import { setTimeout as pause } from 'node:timers/promises';
import { Configuration, JobApi } from 'bacalhau-apiclient';
import { answer } from '../lib/contestant.ts';
import { idleJob } from '../lib/jobs.ts';

export interface PutsQuestion {
  readonly forMs: number;
  readonly pauseMs: number;
}

export interface PutsAnswer {
  /** Of a PUT, on average: what comes in between is to count, however short it is. */
  readonly meanMs: number;
}

const api = new JobApi(new Configuration({ basePath: process.argv[2] ?? '' }));
let made = 0;

await answer<PutsQuestion, PutsAnswer>(async ({ forMs, pauseMs }) => {
  const end = performance.now() + forMs;
  let total = 0;
  let count = 0;
  while (performance.now() < end) {
    made += 1;
    const job = { ...idleJob(`put-${made}`, 'failed'), Namespace: 'beside' };
    const began = performance.now();
    await api.putJob({ putJobRequest: { Job: job } });
    total += performance.now() - began;
    count += 1;
    await pause(pauseMs);
  }
  return { meanMs: total / count };
});
process.exit();
