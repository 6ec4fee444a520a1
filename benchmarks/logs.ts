/** Reading a long log: by the SDK and by a bare WebSocket that only counts. Needs Docker. */
import { execFile } from 'node:child_process';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { Devnet } from 'bacalhau-devnet';
import { Bacalhau, docker } from 'bacalhau-sdk';
import { placeOf } from './lib/contestant.ts';
import { startNetwork } from './lib/network.ts';
import { type Row, report, say, sized } from './lib/program.ts';
import { ratios, single, spread } from './lib/spread.ts';
import { inTurns } from './lib/turns.ts';

/**
 * A million lines in some logs: the server drops part of a longer one (docs/log-streams.md), and one that takes longer than
 * five seconds is read twice.
 */
const LINES = sized(200_000, 40_000);
const LOGS = sized(5, 2);
const MANY = LINES * LOGS;
const ROUNDS = sized(5, 1);
const ATTEMPTS = 4;
const SETTLE_MS = 10_000;
/** A bare reading that takes longer stands behind another one in vain. */
const LONGEST_READ_MS = 60_000;

type Who = 'bare' | 'pieces' | 'lines' | 'paused';

/** What contestants/logs.mjs prints. */
interface Read {
  readonly entries: number;
  readonly wallMs: number;
  readonly peakMb: number;
}

const title = 'Logs';
const devnet = await startNetwork();
try {
  await using bacalhau = new Bacalhau({ baseUrl: devnet.url, dir: devnet.dir });
  if (await hasDocker(bacalhau)) await measure(devnet, bacalhau);
  else
    report('logs', {
      title,
      rows: [],
      skipped: 'There is no Docker here, and servers stream the logs of nothing else.',
    });
} finally {
  await devnet.stop();
}

async function measure(devnet: Devnet, bacalhau: Bacalhau): Promise<void> {
  say(`${LOGS} logs of ${LINES} lines`);
  const logs: string[] = [];
  while (logs.length < LOGS) logs.push(await logOf(bacalhau));
  const once = async (who: Who, of: readonly string[]): Promise<Read> => {
    const program = ['--expose-gc', placeOf('logs.mjs'), who, devnet.url, devnet.dir, ...of];
    const timeout = who === 'bare' ? LONGEST_READ_MS : 0;
    const { stdout } = await promisify(execFile)(process.execPath, program, { timeout });
    return JSON.parse(stdout);
  };
  const read = async (who: Who, of: readonly string[]): Promise<Read> => {
    const lines = LINES * of.length;
    for (let attempt = 1; ; attempt += 1) {
      const done = await once(who, of).catch((error: unknown) => {
        if (who !== 'bare') throw error;
      });
      say(`${who}: ${done?.entries ?? 'not all'} of ${lines} lines in ${((done?.wallMs ?? 0) / 1_000).toFixed(1)} s`);
      if (done?.entries === lines) return done;
      // Nodes may end a stream early, as if all was sent, or leave it waiting, when another one was opened before it.
      if (who !== 'bare' || attempt === ATTEMPTS) throw new Error(`${who} could not read ${lines} lines.`);
      await pause(SETTLE_MS);
    }
  };

  say('speed');
  const rounds = await inTurns<Exclude<Who, 'paused'>, Read>(ROUNDS, {
    bare: () => read('bare', logs),
    pieces: () => read('pieces', logs),
    lines: () => read('lines', logs),
  });

  say('memory');
  const one = logs.slice(0, 1);
  const fewer = { pieces: await read('pieces', one), lines: await read('lines', one) };
  const paused = await read('paused', one);

  const speed = (who: Exclude<Who, 'paused'>): number[] => rounds.of(who).map(({ wallMs }) => MANY / (wallMs / 1_000));
  const peak = (who: Exclude<Who, 'paused'>): number => Math.max(...rounds.of(who).map(({ peakMb }) => peakMb));
  const bare = { name: 'bare WebSocket', measured: spread(speed('bare')), unit: 'lines/s' };
  const calls = { pieces: '`job.logs()`', lines: '`job.logs({ lines: true })`' } as const;
  const rows: readonly Row[] = [
    ...(['pieces', 'lines'] as const).map((who) => ({
      what: `${calls[who]}: speed over ${MANY} lines, against a bare WebSocket`,
      measured: ratios(speed(who), speed('bare')),
      unit: 'x',
      target: { atLeast: 0.8 },
      beside: [{ name: 'SDK', measured: spread(speed(who)), unit: 'lines/s' }, bare],
    })),
    ...(['pieces', 'lines'] as const).map((who) => ({
      what: `${calls[who]}: peak memory over ${MANY} lines, against ${LINES}`,
      measured: single(peak(who) / fewer[who].peakMb),
      unit: 'x',
      target: { atMost: 1.1 },
      beside: [
        { name: `${MANY} lines`, measured: single(peak(who)), unit: 'MB' },
        { name: `${LINES} lines`, measured: single(fewer[who].peakMb), unit: 'MB' },
        { name: 'bare WebSocket', measured: single(peak('bare')), unit: 'MB' },
      ],
    })),
    {
      what: `A reader that pauses for two seconds now and then: peak memory, against one that does not`,
      measured: single(paused.peakMb / fewer.pieces.peakMb),
      unit: 'x',
      beside: [{ name: 'paused', measured: single(paused.peakMb), unit: 'MB' }],
    },
  ];
  report('logs', {
    title,
    notes: [
      `The logs of ${LOGS} finished Docker jobs, one line per frame, each time read to the end by a process of its own: the server drops part of a single log of that size, see [log streams](log-streams.md). Memory is the peak, sampled every 20,000 lines after a garbage collection.`,
    ],
    rows,
  });
}

/** Makes one; returns the ids of its job and its execution. */
async function logOf(bacalhau: Bacalhau): Promise<string> {
  const image = process.env['BACALHAU_TEST_BUSYBOX_IMAGE'] ?? 'busybox:latest';
  const job = await bacalhau.jobs.submit(docker({ image, entrypoint: ['seq'], parameters: ['1', String(LINES)] }));
  const { State } = await job.wait();
  const [execution] = (await job.executions()).items;
  if (execution === undefined || State?.StateType !== 'Completed') throw new Error(`The job is ${State?.StateType}.`);
  return `${job.id}/${execution.ID}`;
}

async function hasDocker({ nodes }: Bacalhau): Promise<boolean> {
  for await (const { Info } of nodes.list()) {
    if (Info?.ComputeNodeInfo?.ExecutionEngines?.includes('docker')) return true;
  }
  return false;
}
