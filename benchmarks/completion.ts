/** How soon a wait knows that its job has ended, and what the waiting costs the server. */
import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { Job } from 'bacalhau-apiclient';
import { type Devnet, ensureServer } from 'bacalhau-devnet';
import { Bacalhau } from 'bacalhau-sdk';
import type { PutsAnswer, PutsQuestion } from './contestants/puts.ts';
import { contestant } from './lib/contestant.ts';
import { assemble, idleJob, job, many, putJobs, smallJob } from './lib/jobs.ts';
import { startNetwork } from './lib/network.ts';
import { otherClient } from './lib/other-sdk.ts';
import { cpuDuring } from './lib/processes.ts';
import { type Row, report, say, sized } from './lib/program.ts';
import { ratios, single, spread } from './lib/spread.ts';
import { inTurns } from './lib/turns.ts';

const SINGLE_ROUNDS = sized(40, 3);
const LONG_ROUNDS = sized(5, 1);
/** The CLI takes half a second each time, so it is asked every so many rounds. */
const CLI_EVERY = 4;
const AGED_MS = sized(60_000, 11_000);
const PUT_ROUNDS = sized(5, 1);
const PUT_BLOCK: PutsQuestion = { forMs: sized(3_000, 500), pauseMs: 25 };
/** How often waits of this SDK and of another one are measured in turns. */
const OTHER_ROUNDS = sized(5, 1);
/** Until the first look at the jobs, which takes longer than later ones, is over. */
const SETTLE_MS = sized(2_500, 500);
const INPUT = 'x'.repeat(75_000); // 100 kB in base64

/** A program that counts for some seconds. */
const SPIN = `
  (module $spin (memory (export "memory") 1)
    (func $start (export "_start") (local $left i32)
      (local.set $left (i32.const 40000000))
      (loop $again
        (local.set $left (i32.sub (local.get $left) (i32.const 1)))
        (br_if $again (local.get $left)))))`;

interface Store {
  readonly name: string;
  /** Jobs that ended long ago. */
  readonly ended: number;
  /** Jobs that are waited for and do not end meanwhile. */
  readonly idle: number;
  /** Jobs that are waited for and run. */
  readonly running: number;
  readonly input?: string;
  readonly targets: boolean;
  /** The share of another SDK's lag that is allowed, where there is one to compare with. */
  readonly lagAgainstOther?: number;
  /** What limits that share. */
  readonly reason?: string;
}

const STORES: readonly Store[] = [
  {
    name: '1,000 waits, 2,000 small jobs',
    ended: sized(500, 20),
    idle: sized(500, 10),
    running: sized(500, 20),
    targets: true,
  },
  {
    name: '1,000 waits, 10,000 small jobs',
    ended: sized(8_700, 50),
    idle: sized(700, 10),
    running: sized(300, 10),
    targets: false,
    lagAgainstOther: 0.65,
  },
  {
    name: '1,000 waits, inputs of 100 kB',
    ended: 0,
    idle: sized(700, 10),
    running: sized(300, 5),
    input: INPUT,
    targets: false,
    lagAgainstOther: 0.3,
    reason:
      'the server runs these jobs in bursts: hundreds end within three seconds. A poll takes 2.6 ms of its time, to decode and send 130 kB, so the third of its time that waits may take is 128 polls a second. Whether a list is read before or after a burst makes the lag of the other one second or twelve.',
  },
];

/** Stores that take minutes to fill are a program of their own: completion-large.ts. */
const isLarge = process.argv.includes('--large');

const Other = await otherClient();
const rows: Row[] = [];
if (!isLarge) await onDevnet(oneJob);
for (const store of STORES.filter(({ targets }) => targets !== isLarge)) {
  await onDevnet((devnet) => manyJobs(devnet, store));
}
report(isLarge ? 'completion-large' : 'completion', {
  title: isLarge ? 'Completion in large stores' : 'Completion',
  rows,
  notes: [
    'The lag is the time from the end of a job according to the server (`ModifyTime`) until the wait resolves, on one machine and so one clock. Jobs are small WebAssembly programs that really run. Some of the 1,000 jobs that are waited for end; the others stay queued.',
    'Server CPU is that of the orchestrator; 100 % is one core. Another process PUTs small jobs into another namespace, with and without 1,000 waits on jobs that stay queued.',
  ],
});

async function onDevnet(work: (devnet: Devnet, bacalhau: Bacalhau) => Promise<void>): Promise<void> {
  const devnet = await startNetwork();
  try {
    await using bacalhau = new Bacalhau({ baseUrl: devnet.url, dir: devnet.dir });
    await work(devnet, bacalhau);
  } finally {
    await devnet.stop();
  }
}

async function oneJob(devnet: Devnet, bacalhau: Bacalhau): Promise<void> {
  say('one job');
  const lagOfWait = async (spec: Job): Promise<number> => lagOf(await (await bacalhau.jobs.submit(spec)).wait());
  await lagOfWait(smallJob('first')); // what is compiled and loaded once
  const lags = await inTurns<'wait' | 'CLI', number | undefined>(SINGLE_ROUNDS, {
    wait: (round) => lagOfWait(smallJob(`wait-${round}`)),
    CLI: async (round) => (round % CLI_EVERY === 0 ? lagOfCli(devnet, bacalhau, `cli-${round}`) : undefined),
  });
  const known = (values: readonly (number | undefined)[]): number[] => values.filter((value) => value !== undefined);
  rows.push({
    what: 'One small job: lag of job.wait()',
    measured: spread(known(lags.of('wait'))),
    unit: 'ms',
    target: { atMost: 25 },
    beside: [{ name: '`bacalhau job run --wait`', measured: spread(known(lags.of('CLI'))), unit: 'ms' }],
  });

  say('one longer job');
  const spin = await assemble(SPIN);
  const longer: { readonly lag: number; readonly ran: number }[] = [];
  for (let round = 0; round < LONG_ROUNDS; round += 1) {
    const ended = await (await bacalhau.jobs.submit(job(`long-${round}`, spin))).wait();
    longer.push({ lag: lagOf(ended), ran: ((ended.ModifyTime ?? 0) - (ended.CreateTime ?? 0)) / 1e9 });
  }
  rows.push({
    what: 'One job of some seconds: lag of job.wait(), which polls less often the longer it has waited',
    measured: spread(longer.map(({ lag }) => lag)),
    unit: 'ms',
    beside: [{ name: 'it ran', measured: spread(longer.map(({ ran }) => ran)), unit: 's' }],
  });

  say('a day-long wait');
  rows.push({
    what: 'A wait that is a day old: requests',
    measured: single(await requestsOfDayOldWait(devnet)),
    unit: 'requests/s',
    target: { atMost: 0.5 },
  });
}

async function lagOfCli(devnet: Devnet, bacalhau: Bacalhau, name: string): Promise<number> {
  const { path } = await ensureServer();
  const file = join(devnet.dir, `${name}.json`);
  await writeFile(file, JSON.stringify(smallJob(name)));
  await promisify(execFile)(path, ['job', 'run', '--wait', '--id-only', file], {
    env: { HOME: devnet.dir, BACALHAU_DIR: join(devnet.dir, 'cli'), BACALHAU_DISABLEANALYTICS: 'true', ...devnet.env },
  });
  const now = wallClock();
  return now - endOf((await bacalhau.jobs.get(name)).Job);
}

/** The SDK takes the age of a wait from `performance.now()`, so a day passes when that says so. */
async function requestsOfDayOldWait({ url, dir }: Devnet): Promise<number> {
  let requests = 0;
  const onRequest = (): void => {
    requests += 1;
  };
  await using bacalhau = new Bacalhau({ baseUrl: url, dir, onRequest });
  await putJobs(url, [idleJob('day-long', 'queued')]);
  const controller = new AbortController();
  const waiting = bacalhau.jobs.handle('day-long').wait({ signal: controller.signal });
  waiting.catch(() => undefined);
  await pause(1_000);
  const now = performance.now.bind(performance);
  performance.now = () => now() + 24 * 3_600_000;
  try {
    await pause(6_000); // The pause that it was in when the day passed.
    requests = 0;
    await pause(AGED_MS);
    return requests / (AGED_MS / 1_000);
  } finally {
    performance.now = now;
    controller.abort();
  }
}

async function manyJobs(devnet: Devnet, store: Store): Promise<void> {
  const { name, ended, idle, running, input, targets, lagAgainstOther, reason } = store;
  say(`${name}: filling`);
  await using bacalhau = new Bacalhau({ baseUrl: devnet.url, dir: devnet.dir });
  await putJobs(
    devnet.url,
    many(ended, (index) => idleJob(`ended-${index}`, 'failed')),
  );
  const idleIds: string[] = [];
  await putJobs(
    devnet.url,
    many(idle + running, (index) => idleJob(`idle-${index}`, 'queued', input)),
    (id) => idleIds.push(id),
  );
  const orchestrator = devnet.nodes[0]?.pid ?? 0;
  const puts = contestant<PutsQuestion, PutsAnswer>('puts.ts', [devnet.url]);
  try {
    await pause(2_000); // The last of them are still being scheduled.

    say(`${name}: a PUT beside`);
    const put = () => cpuDuring(orchestrator, () => puts.ask(PUT_BLOCK));
    await put();
    const beside = await inTurns(PUT_ROUNDS, {
      alone: put,
      waits: async () => {
        const controller = new AbortController();
        const waits = idleIds.map((id) =>
          bacalhau.jobs
            .handle(id)
            .wait({ signal: controller.signal })
            .catch(() => undefined),
        );
        await pause(SETTLE_MS);
        try {
          return await put();
        } finally {
          controller.abort();
          await Promise.all(waits);
        }
      },
    });
    const putMs = (who: 'alone' | 'waits'): number[] => beside.of(who).map(({ result }) => result.meanMs);
    const cpu = (who: 'alone' | 'waits'): number[] => beside.of(who).map(({ percent }) => percent);

    const runs = await inTurns<'ours' | 'other', RunningWaits | undefined>(Other === undefined ? 1 : OTHER_ROUNDS, {
      ours: (round) => runningWaits(Bacalhau, devnet, idleIds.slice(0, idle), store, `ours-${round}`),
      other: async (round) => Other && runningWaits(Other, devnet, idleIds.slice(0, idle), store, `other-${round}`),
    });
    const ours = runs.of('ours').filter((run) => run !== undefined);
    const others = runs.of('other').filter((run) => run !== undefined);
    const medians = (all: readonly RunningWaits[]): number[] => all.map(({ lags }) => spread(lags).median);

    rows.push(
      {
        what: `${name}: lag`,
        measured: spread(ours.flatMap(({ lags }) => lags)),
        unit: 'ms',
        ...(targets && { target: { atMost: 500 } }),
        beside: [
          { name: 'server CPU while they run', measured: spread(ours.map(({ percent }) => percent)), unit: '%' },
        ],
      },
      ...(others.length === 0
        ? []
        : [
            {
              what: `${name}: median lag, against the SDK of another checkout`,
              measured: ratios(medians(ours), medians(others)),
              unit: 'x',
              ...(lagAgainstOther !== undefined && { target: { atMost: lagAgainstOther } }),
              reason,
              beside: [{ name: 'the other', measured: spread(others.flatMap(({ lags }) => lags)), unit: 'ms' }],
            },
          ]),
      {
        what: `${name}: requests for all waits`,
        measured: spread(ours.map(({ requests, seconds }) => requests / seconds)),
        unit: 'requests/s',
        ...(targets && { target: { atMost: 5 } }),
        beside: [{ name: 'it took', measured: spread(ours.map(({ seconds }) => seconds)), unit: 's' }],
      },
      {
        what: `${name}: latency of a PUT meanwhile, against one without waits`,
        measured: ratios(putMs('waits'), putMs('alone')),
        unit: 'x',
        target: { atMost: 1.5 },
        beside: [
          { name: 'PUT with waits', measured: spread(putMs('waits')), unit: 'ms' },
          { name: 'without', measured: spread(putMs('alone')), unit: 'ms' },
          { name: 'server CPU with waits', measured: spread(cpu('waits')), unit: '%' },
          { name: 'without', measured: spread(cpu('alone')), unit: '%' },
        ],
      },
    );
  } finally {
    await puts.stop();
  }
}

/** What waits for jobs that run measure, beside waits for others that do not. */
interface RunningWaits {
  readonly lags: readonly number[];
  readonly requests: number;
  readonly seconds: number;
  /** Server CPU. */
  readonly percent: number;
}

/** Waits with a new client, which knows nothing of what went before. */
async function runningWaits(
  Client: typeof Bacalhau,
  { url, dir, nodes }: Devnet,
  idleIds: readonly string[],
  { name, running, input }: Store,
  tag: string,
): Promise<RunningWaits> {
  say(`${name}: running, ${tag}`);
  const controller = new AbortController();
  let requests = 0;
  const onRequest = (): void => {
    requests += 1;
  };
  await using client = new Client({ baseUrl: url, dir, onRequest });
  const lags: number[] = [];
  const began = performance.now();
  const idleWaits = idleIds.map((id) =>
    client.jobs
      .handle(id)
      .wait({ signal: controller.signal })
      .catch(() => undefined),
  );
  const waits: Promise<void>[] = [];
  const { percent } = await cpuDuring(nodes[0]?.pid ?? 0, async () => {
    await putJobs(
      url,
      many(running, (index) => smallJob(`run-${tag}-${index}`, input)),
      (id) => {
        waits.push(
          client.jobs
            .handle(id)
            .wait()
            .then((job) => void lags.push(lagOf(job))),
        );
      },
    );
    await Promise.all(waits);
  });
  const measured = { lags, requests, seconds: (performance.now() - began) / 1_000, percent };
  controller.abort();
  await Promise.all(idleWaits);
  return measured;
}

function lagOf(job: Job): number {
  return wallClock() - endOf(job);
}

/** In milliseconds since 1970. */
function endOf(job: Job): number {
  return (job.ModifyTime ?? Number.NaN) / 1e6;
}

/** Finer than Date.now(), which knows whole milliseconds only. */
function wallClock(): number {
  return performance.timeOrigin + performance.now();
}
