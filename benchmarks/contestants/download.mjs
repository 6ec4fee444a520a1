/**
 * Downloads the result of a job, once: `download.mjs URL DIR JOB TARGET`; without a job it says what an empty Node takes.
 * Not TypeScript, because what strips the types takes memory too.
 */
import { Bacalhau } from 'bacalhau-sdk';

const [baseUrl = '', dir = '', jobId, target = ''] = process.argv.slice(2);
const began = performance.now();
if (jobId !== undefined) {
  await using bacalhau = new Bacalhau({ baseUrl, dir });
  await bacalhau.jobs.handle(jobId).download(target);
}
const wallMs = performance.now() - began;
// In KiB.
const { maxRSS } = process.resourceUsage();
console.log(JSON.stringify({ wallMs, peakMb: (maxRSS * 1_024) / 1e6 }));
