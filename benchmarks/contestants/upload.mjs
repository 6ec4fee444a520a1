/**
 * Submits a job with a file, once: `upload.mjs URL DIR FILE VIA`. Prints how long that took and where the nodes find the file,
 * serves it until its input ends, and prints then what the process has taken. Not TypeScript, because what strips the types
 * takes memory too.
 */
import { once } from 'node:events';
import { Bacalhau, docker, inputs } from 'bacalhau-sdk';

const [baseUrl = '', dir = '', file = '', via = ''] = process.argv.slice(2);
await using bacalhau = new Bacalhau({ baseUrl, dir });
const began = performance.now();
const job = await bacalhau.jobs.submit(
  docker({
    ...{
      image: 'none',
      constraints: [{ Key: 'benchmark', Operator: '=', Values: ['never'] }],
      timeouts: { queueSeconds: 3_600 },
    },
    inputs: [inputs.files(file, { target: '/in/file', via: JSON.parse(via) })],
  }),
);
const wallMs = performance.now() - began;
const { Tasks } = await job.refresh();
console.log(JSON.stringify({ wallMs, params: Tasks[0]?.InputSources?.[0]?.Source.Params }));
await once(process.stdin.resume(), 'end');
await job.stop();
// In KiB.
const { maxRSS } = process.resourceUsage();
console.log(JSON.stringify({ peakMb: (maxRSS * 1_024) / 1e6 }));
