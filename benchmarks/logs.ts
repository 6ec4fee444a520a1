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

const MANY = sized(1_000_000, 60_000);
const FEW = sized(100_000, 40_000);
const ROUNDS = sized(3, 1);
const ATTEMPTS = 4;
const SETTLE_MS = 10_000;

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
  say(`a log of ${MANY} lines`);
  const many = await logOf(bacalhau, MANY);
  const few = await logOf(bacalhau, FEW);
  const once = async (who: Who, log: Log): Promise<Read> => {
    const { stdout } = await promisify(execFile)(process.execPath, [
      '--expose-gc',
      placeOf('logs.mjs'),
      ...[who, devnet.url, devnet.dir, log.jobId, log.executionId],
    ]);
    return JSON.parse(stdout);
  };
  const read = async (who: Who, log: Log): Promise<Read> => {
    for (let attempt = 1; ; attempt += 1) {
      const done = await once(who, log);
      if (done.entries === log.lines) return done;
      // Nodes may end a stream early, as if all was sent, when another one was opened soon before it.
      if (who !== 'bare' || attempt === ATTEMPTS) throw new Error(`${who} read ${done.entries} of ${log.lines} lines.`);
      say(`the bare WebSocket was closed after ${done.entries} lines; once more`);
      await pause(SETTLE_MS);
    }
  };

  say('memory');
  const fewer = {
    pieces: await read('pieces', few),
    lines: await read('lines', few),
    paused: await read('paused', few),
  };
  say('speed');
  const rounds = await inTurns<Exclude<Who, 'paused'>, Read>(ROUNDS, {
    bare: () => read('bare', many),
    pieces: () => read('pieces', many),
    lines: () => read('lines', many),
  });

  say('pauses');
  const paused = await read('paused', few);

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
      what: `${calls[who]}: peak memory over ${MANY} lines, against ${FEW}`,
      measured: single(peak(who) / fewer[who].peakMb),
      unit: 'x',
      target: { atMost: 1.1 },
      beside: [
        { name: `${MANY} lines`, measured: single(peak(who)), unit: 'MB' },
        { name: `${FEW} lines`, measured: single(fewer[who].peakMb), unit: 'MB' },
        { name: 'bare WebSocket', measured: single(peak('bare')), unit: 'MB' },
      ],
    })),
    {
      what: `A reader that stops for two seconds now and then: peak memory, against one that does not`,
      measured: single(paused.peakMb / fewer.pieces.peakMb),
      unit: 'x',
      beside: [{ name: 'paused', measured: single(paused.peakMb), unit: 'MB' }],
    },
  ];
  report('logs', {
    title,
    notes: [
      'The log of a finished Docker job, one line a frame, read to its end by a process of its own each time. Memory is the most that was in use when it was looked at, every 20,000 lines and after a garbage collection.',
    ],
    rows,
  });
}

interface Log {
  readonly jobId: string;
  readonly executionId: string;
  readonly lines: number;
}

async function logOf(bacalhau: Bacalhau, lines: number): Promise<Log> {
  const image = process.env['BACALHAU_TEST_BUSYBOX_IMAGE'] ?? 'busybox:latest';
  const job = await bacalhau.jobs.submit(docker({ image, entrypoint: ['seq'], parameters: ['1', String(lines)] }));
  const { State } = await job.wait();
  const [execution] = (await job.executions()).items;
  if (execution === undefined || State?.StateType !== 'Completed') throw new Error(`The job is ${State?.StateType}.`);
  return { jobId: job.id, executionId: execution.ID, lines };
}

async function hasDocker({ nodes }: Bacalhau): Promise<boolean> {
  for await (const { Info } of nodes.list()) {
    if (Info?.ComputeNodeInfo?.ExecutionEngines?.includes('docker')) return true;
  }
  return false;
}
