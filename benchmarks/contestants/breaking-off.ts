/**
 * Six clients that break their requests off while the server is at work on them, for `swapped-answers.ts`:
 * `breaking-off.ts URL`.
 */
import { Agent, request } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { answer } from '../lib/contestant.ts';
import { idleJob } from '../lib/jobs.ts';

/** They begin when they are told to go on. */
export type BreakingOffQuestion = 'go on' | 'pause';

export interface BreakingOffAnswer {
  /** Requests until now that were broken off. */
  readonly brokenOff: number;
  /** Those that were answered first. */
  readonly answered: number;
}

const CLIENTS = 6;
/** One in so many may be answered: by them the time is known that an answer takes. */
const PATIENT_ONE_IN = 10;
const SHARE_OF_GETS = 0.1;
const SHARE_OF_EARLY_ONES = 0.1;
const EARLY_MS = 10;
/** The server hands what it kept for a request that was broken off to the next one, which shall be another client's. */
const REST_MS = 150;

const url = process.argv[2] ?? '';
const counts = { brokenOff: 0, answered: 0 };
let usualMs = 20;
let isPaused = true;

/**
 * A few early, while the server reads the request. Most around the time of its answer: a job that is stored already makes
 * the answer that another request gets.
 */
const moment = (): number =>
  Math.random() < SHARE_OF_EARLY_ONES ? Math.random() * EARLY_MS : usualMs * (0.4 + 0.8 * Math.random());

type Fate = 'answered' | 'broken off' | 'no server';

/** Sends a request and breaks it off after a while, unless it has been answered by then. */
function send(method: 'PUT' | 'GET', path: string, body: string | undefined, brokenOffAfterMs: number): Promise<Fate> {
  return new Promise((resolve) => {
    const began = performance.now();
    const agent = new Agent();
    const sent = request(`${url}/api/v1/orchestrator/jobs${path}`, {
      ...{ method, agent },
      headers: { 'content-type': 'application/json', ...(body !== undefined && { 'content-length': body.length }) },
    });
    const timer =
      brokenOffAfterMs < Number.POSITIVE_INFINITY
        ? setTimeout(() => {
            sent.destroy();
            resolve('broken off');
          }, brokenOffAfterMs)
        : undefined;
    const end = (fate: Fate): void => {
      clearTimeout(timer);
      agent.destroy();
      resolve(fate);
    };
    sent.on('error', () => end('no server'));
    sent.on('response', (response) => {
      response.resume();
      response.on('error', () => end('no server'));
      response.on('end', () => {
        usualMs += 0.1 * (performance.now() - began - usualMs);
        end('answered');
      });
    });
    sent.end(body);
  });
}

async function client(index: number): Promise<void> {
  for (let number = 0; ; number += 1) {
    while (isPaused) await pause(50);
    const name = `broken-off-${index}-${number}`;
    const isPatient = number % PATIENT_ONE_IN === 0;
    const fate =
      !isPatient && Math.random() < SHARE_OF_GETS
        ? await send('GET', `/broken-off-${index}-0?namespace=broken`, undefined, moment())
        : await send(
            ...(['PUT', ''] as const),
            JSON.stringify({ Job: { ...idleJob(name, 'failed'), Namespace: 'broken' } }),
            isPatient ? Number.POSITIVE_INFINITY : moment(),
          );
    if (fate === 'broken off') {
      counts.brokenOff += 1;
      await pause(Math.random() * REST_MS);
    } else if (fate === 'answered') counts.answered += 1;
    else await pause(200);
  }
}

for (let index = 0; index < CLIENTS; index += 1) void client(index);
await answer<BreakingOffQuestion, BreakingOffAnswer>(async (question) => {
  isPaused = question === 'pause';
  return counts;
});
process.exit();
