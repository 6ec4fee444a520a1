/**
 * Reads logs of finished executions: `logs.mjs bare|pieces|lines|paused URL DIR JOB/EXECUTION…`, with `--expose-gc`.
 * Not TypeScript, because what strips the types takes memory too.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { Bacalhau } from 'bacalhau-sdk';
import { WebSocket } from 'ws';

const LOOK_EVERY = 20_000;
const PAUSE_EVERY = 30_000;
const PAUSE_MS = 2_000;

const [who, baseUrl = '', dir = '', ...logs] = process.argv.slice(2);
let entries = 0;
let peak = 0;
const began = performance.now();
for (const log of logs) {
  const [jobId = '', executionId = ''] = log.split('/');
  if (who === 'bare') await readBare(jobId, executionId);
  else await readSdk(jobId);
}
const wallMs = performance.now() - began;
console.log(JSON.stringify({ entries, wallMs, peakMb: peak / 1e6 }));

/** @param {string} jobId */
async function readSdk(jobId) {
  await using bacalhau = new Bacalhau({ baseUrl, dir });
  for await (const _entry of bacalhau.jobs.handle(jobId).logs({ lines: who === 'lines' })) {
    seen();
    if (who !== 'paused' || entries % PAUSE_EVERY !== 0) continue;
    await pause(PAUSE_MS);
    look();
  }
}

/**
 * @param {string} jobId
 * @param {string} executionId
 * @returns {Promise<void>}
 */
function readBare(jobId, executionId) {
  const url = `${baseUrl.replace(/^http/, 'ws')}/api/v1/orchestrator/jobs/${jobId}/logs?execution_id=${executionId}`;
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(url);
    socket.on('message', seen);
    socket.on('close', () => resolve());
    socket.on('error', reject);
  });
}

function seen() {
  entries += 1;
  if (entries % LOOK_EVERY === 0) look();
}

/** What is in use now that nobody needs the rest any more. */
function look() {
  globalThis.gc?.();
  const { heapUsed, external } = process.memoryUsage();
  peak = Math.max(peak, heapUsed + external);
}
