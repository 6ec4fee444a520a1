/** A day of waits and follows in minutes: whether memory, sockets, listeners and timers stay where they are. */
import { getEventListeners } from 'node:events';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { Bacalhau, type JobHandle, RequestAbortedError, RequestTimeoutError } from 'bacalhau-sdk';
import type { SoakStatistics } from './contestants/soak-server.ts';
import { contestant } from './lib/contestant.ts';
import { FastClock } from './lib/fast-clock.ts';
import { type Row, report, say, sized } from './lib/program.ts';
import { single, spread } from './lib/spread.ts';

const HOURS = sized(24, 1);
const SAMPLES = sized(24, 6);
/** A busy machine does not get through a day; the report says how far it came. */
const LONGEST_REAL_MS = 420_000;
const LONG_WAITS = 50;
const LONG_FOLLOWS = 1;
/** Every so often, so many short waits and follows at once. */
const BURST_EVERY_MS = sized(30, 10) * 60_000;
const BURST_WAITS = 40;
const BURST_FOLLOWS = 4;
const HOUR_MS = 3_600_000;
/** The SDK's longest pause between two polls of a job, see its `waiting/` and `logs/limits.ts`. */
const LONGEST_PAUSE_MS = 5_000;

setFlagsFromString('--expose-gc');
const collectGarbage: unknown = runInNewContext('gc');

const server = contestant<'statistics', SoakStatistics>('soak-server.ts', []);
const { url } = await server.ask('statistics');
const began = performance.now();
const realNow = performance.now.bind(performance);
const clock = new FastClock();
clock.install();

const bacalhau = new Bacalhau({
  ...{ baseUrl: url, env: {}, auth: false, logLevel: 'off' },
  onRequest: () => {
    clock.inFlight += 1;
  },
  onResponse: () => {
    clock.inFlight -= 1;
  },
});

/** Lives as long as the process does, as that of a server would. */
const { signal, abort } = (() => {
  const controller = new AbortController();
  return { signal: controller.signal, abort: () => controller.abort() };
})();
const done = { waits: 0, 'waits that timed out': 0, follows: 0, 'follows that were left': 0 };
const failures: unknown[] = [];

let jobs = 0;
/** A job that nobody has heard of; `kind` says what becomes of it, see the server. */
function job(kind: 0 | 1): JobHandle {
  jobs += 1;
  const number = jobs.toString(16).padStart(12, '0');
  return bacalhau.jobs.handle(`j-${kind}0000000-0000-4000-8000-${number}`);
}
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Goes on until the day is over. */
async function forTheDay(work: () => Promise<void>): Promise<void> {
  try {
    while (!signal.aborted) await work();
  } catch (error) {
    if (!(error instanceof RequestAbortedError)) failures.push(error);
  }
}

async function follow(handle: JobHandle, lines: number): Promise<void> {
  let line = 0;
  for await (const { text } of handle.logs({ follow: true, signal })) {
    line += 1;
    if (text !== `line ${line}\n`) throw new Error(`In place of line ${line} came ${JSON.stringify(text)}.`);
    if (line === lines) return;
  }
}

async function shortWait(): Promise<void> {
  await job(1).wait({ signal });
  done.waits += 1;
}

async function shortFollow(): Promise<void> {
  await follow(job(1), Number.POSITIVE_INFINITY);
  done.follows += 1;
}

/** A wait that ends by its deadline, and a follow that is left in the middle. */
async function shortened(): Promise<void> {
  const outcome: unknown = await job(0)
    .wait({ signal, timeoutMs: 60_000 })
    .catch((error: unknown) => error);
  if (!(outcome instanceof RequestTimeoutError)) throw outcome;
  done['waits that timed out'] += 1;
  await follow(job(0), 3);
  done['follows that were left'] += 1;
}

const times = <T>(count: number, make: () => Promise<T>): Promise<T>[] => Array.from({ length: count }, make);

const all = [
  ...times(LONG_WAITS, () => forTheDay(async () => void (await job(0).wait({ signal })))),
  ...times(LONG_FOLLOWS, () => forTheDay(() => follow(job(0), Number.POSITIVE_INFINITY))),
  forTheDay(async () => {
    clock.isPatient = true;
    await Promise.all([...times(BURST_WAITS, shortWait), ...times(BURST_FOLLOWS, shortFollow)]);
    await Promise.all(times(BURST_FOLLOWS, shortened));
    clock.isPatient = false;
    await pause(BURST_EVERY_MS);
  }),
];

interface Sample {
  readonly hour: number;
  readonly heapMb: number;
  readonly rssMb: number;
  readonly sockets: number;
  readonly listeners: number;
  readonly timers: number;
}
const samples: Sample[] = [];
while (samples.length < SAMPLES && (samples.length < 6 || realNow() - began < LONGEST_REAL_MS)) {
  await clock.pass((HOURS * HOUR_MS) / SAMPLES);
  for (let round = 0; round < 2 && typeof collectGarbage === 'function'; round += 1) collectGarbage();
  const { heapUsed, rss } = process.memoryUsage();
  const sample: Sample = {
    hour: clock.now / HOUR_MS,
    heapMb: heapUsed / 2 ** 20,
    rssMb: rss / 2 ** 20,
    sockets: (await server.ask('statistics')).connections,
    listeners: getEventListeners(signal, 'abort').length,
    timers: clock.pending,
  };
  samples.push(sample);
  say(
    `${Math.round((realNow() - began) / 1_000)} s, ${sample.hour.toFixed(1)} h: ${sample.heapMb.toFixed(1)} MB, ${sample.sockets} sockets, ${JSON.stringify(done)}`,
  );
}
const { requests } = await server.ask('statistics');
const hours = Math.round(clock.now / HOUR_MS);

abort();
await clock.pass(BURST_EVERY_MS);
await Promise.all(all);
const listenersLeft = getEventListeners(signal, 'abort').length;
await bacalhau.close();
// The server hears of it a moment later.
clock.isPatient = true;
await clock.pass(60_000);
const { connections: socketsLeft } = await server.ask('statistics');
await server.stop();
if (failures.length > 0) throw failures[0];

/** What is grown by from the first third of the day, when everything has been used once, to the last. */
function growth(of: (sample: Sample) => number): number {
  const third = Math.floor(samples.length / 3);
  const early = spread(samples.slice(0, third).map(of)).median;
  return spread(samples.slice(-third).map(of)).median / early;
}

/** The least-squares slope, a day. */
function slopeADay(of: (sample: Sample) => number): number {
  const later = samples.slice(Math.floor(samples.length / 3));
  const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [hour, value] = [mean(later.map((sample) => sample.hour)), mean(later.map(of))];
  const covariance = mean(later.map((sample) => (sample.hour - hour) * (of(sample) - value)));
  return (24 * covariance) / mean(later.map((sample) => (sample.hour - hour) ** 2));
}

const range = (name: string, of: (sample: Sample) => number, unit: string) => ({
  name,
  measured: spread(samples.map(of)),
  unit,
});
const looks = (hours * HOUR_MS) / LONGEST_PAUSE_MS;
const rows: readonly Row[] = [
  {
    what: `Heap after a garbage collection over ${hours} hours: its last third against its first`,
    measured: single(growth(({ heapMb }) => heapMb)),
    unit: 'x',
    target: { atMost: 1.05 },
    beside: [
      range('heap', ({ heapMb }) => heapMb, 'MB'),
      { name: 'slope', measured: single(slopeADay(({ heapMb }) => heapMb)), unit: 'MB a day' },
      range('memory of the process', ({ rssMb }) => rssMb, 'MB'),
    ],
  },
  {
    what: 'Sockets over that time, in the same way',
    measured: single(growth(({ sockets }) => sockets)),
    unit: 'x',
    target: { atMost: 1.2 },
    beside: [
      range('sockets', ({ sockets }) => sockets, 'open'),
      { name: 'after closing the client', measured: single(socketsLeft), unit: 'open' },
    ],
  },
  {
    what: 'Listeners on the one signal of all calls, and timers, in the same way',
    measured: single(
      Math.max(
        growth(({ listeners }) => listeners),
        growth(({ timers }) => timers),
      ),
    ),
    unit: 'x',
    target: { atMost: 1.2 },
    beside: [
      range('listeners', ({ listeners }) => listeners, 'on it'),
      range('timers', ({ timers }) => timers, 'running'),
      { name: 'listeners when all calls are over', measured: single(listenersLeft), unit: 'on it' },
    ],
  },
  {
    what: 'What the whole day leaves behind: sockets, listeners and timers',
    measured: single(socketsLeft + listenersLeft + clock.pending),
    unit: 'left',
    target: { atMost: 0 },
  },
];

const total = Object.values(requests).reduce((sum, value) => sum + value, 0);
report('soak', {
  title: `A day of waits and follows`,
  rows,
  notes: [
    `${hours} hours in ${Math.round((realNow() - began) / 1_000)} s: the clock of the SDK's process jumps from timer to timer, and stops while a request is in flight. The server responds at once and has no clock.`,
    `${LONG_WAITS} waits and ${LONG_FOLLOWS} follows last the whole time. At the SDK's longest pause of ${LONGEST_PAUSE_MS / 1_000} s that is ${looks} polls for the waits and ${looks} for each follow; ${requests['list']} lists and ${requests['executions']} lists of executions were made, ${total} requests in all: ${JSON.stringify(requests)}.`,
    `In addition, in bursts ${BURST_EVERY_MS / 60_000} minutes apart: ${Object.entries(done)
      .map(([name, times]) => `${times} ${name}`)
      .join(
        ', ',
      )}. The streams of the long follows are closed every 50 lines and replayed; every line came once and in its place.`,
  ],
});
