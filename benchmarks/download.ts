/** Fetching and unpacking a large result: by the SDK and by `curl | tar -x`. */
import { execFile } from 'node:child_process';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Bacalhau } from 'bacalhau-sdk';
import { placeOf } from './lib/contestant.ts';
import { assemble, job } from './lib/jobs.ts';
import { startNetwork } from './lib/network.ts';
import { type Row, report, say, sized } from './lib/program.ts';
import { ratios, single, spread } from './lib/spread.ts';
import { inTurns } from './lib/turns.ts';

/** What contestants/download.mjs prints. */
interface Downloaded {
  readonly wallMs: number;
  /** The most memory that the process had, in MB. */
  readonly peakMb: number;
}

const MEGABYTES = sized(1_000, 50);
const ROUNDS = sized(5, 2);

const LARGEST_MB = 150;

const BLOCK = 65_536;
const TEXT = 4 * 1_024 * 1_024;
/**
 * Writes a file of words and numbers, as logs and tables are: 256 words of eight letters in any order, and four digits
 * after each. What comes again does so further away than gzip looks.
 */
const WRITER = (blocks: number): string => `
  (module $writer
    (import "wasi_snapshot_preview1" "fd_write" (func $fd_write (param i32 i32 i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "path_open"
      (func $path_open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
    (memory (export "memory") 80)
    (data (i32.const 1024) "outputs/data.txt")
    (global $seed (mut i32) (i32.const 2463534242))
    (func $random (result i32)
      (global.set $seed (i32.xor (global.get $seed) (i32.shl (global.get $seed) (i32.const 13))))
      (global.set $seed (i32.xor (global.get $seed) (i32.shr_u (global.get $seed) (i32.const 17))))
      (global.set $seed (i32.xor (global.get $seed) (i32.shl (global.get $seed) (i32.const 5))))
      (global.get $seed))
    (func $start (export "_start") (local $at i32) (local $left i32) (local $result i32)
      (local.set $at (i32.const 2048))
      (loop $words
        (i32.store8 (i32.add (local.get $at) (i32.const 2048))
          (i32.add (i32.const 97) (i32.rem_u (call $random) (i32.const 26))))
        (local.set $at (i32.add (local.get $at) (i32.const 1)))
        (br_if $words (i32.lt_u (local.get $at) (i32.const 4096))))
      (local.set $at (i32.const ${BLOCK}))
      (loop $text
        (i64.store (local.get $at)
          (i64.load (i32.add (i32.const 4096) (i32.shl (i32.and (call $random) (i32.const 255)) (i32.const 3)))))
        (i32.store (i32.add (local.get $at) (i32.const 8))
          (i32.add (i32.const 0x30303030) (i32.and (call $random) (i32.const 0x07070707))))
        (local.set $at (i32.add (local.get $at) (i32.const 12)))
        (br_if $text (i32.lt_u (local.get $at) (i32.const ${BLOCK + TEXT}))))
      (local.set $result (call $path_open (i32.const 3) (i32.const 0) (i32.const 1024) (i32.const 16)
        (i32.const 9) (i64.const 64) (i64.const 0) (i32.const 0) (i32.const 1048)))
      (if (local.get $result) (then (call $proc_exit (local.get $result))))
      (i32.store (i32.const 4) (i32.const ${BLOCK}))
      (local.set $left (i32.const ${blocks}))
      (loop $blocks
        (i32.store (i32.const 0)
          (i32.add (i32.const ${BLOCK}) (i32.rem_u (call $random) (i32.const ${TEXT - BLOCK}))))
        (if (call $fd_write (i32.load (i32.const 1048)) (i32.const 0) (i32.const 1) (i32.const 8))
          (then (call $proc_exit (i32.const 1))))
        (local.set $left (i32.sub (local.get $left) (i32.const 1)))
        (br_if $blocks (local.get $left)))))`;

const run = promisify(execFile);
const devnet = await startNetwork();
try {
  await using bacalhau = new Bacalhau({ baseUrl: devnet.url, dir: devnet.dir });
  say(`a job that writes ${MEGABYTES} MB`);
  const bytes = Math.ceil((MEGABYTES * 1e6) / BLOCK) * BLOCK;
  const spec = job('large', await assemble(WRITER(bytes / BLOCK)));
  const [task] = spec.Tasks ?? [];
  if (task === undefined) throw new Error('The job has no task.');
  const handle = await bacalhau.jobs.submit({
    ...spec,
    Tasks: [{ ...task, Publisher: { Type: 'local' }, ResultPaths: [{ Name: 'outputs', Path: '/outputs' }] }],
  });
  const { State } = await handle.wait();
  if (State?.StateType !== 'Completed') throw new Error(`The job is ${State?.StateType}: ${State?.Message}`);
  const [published] = await handle.typedResults();
  if (published?.type !== 'url') throw new Error('The result has no URL.');
  const { url } = published;
  const packed = Number((await fetch(url, { method: 'HEAD' })).headers.get('content-length'));

  const download = async (args: readonly string[], nodeArgs: readonly string[] = []): Promise<Downloaded> => {
    const program = [...nodeArgs, placeOf('download.mjs'), devnet.url, devnet.dir];
    const { stdout } = await run(process.execPath, [...program, ...args]);
    return JSON.parse(stdout);
  };
  const fetched = async (work: (target: string) => Promise<Downloaded>): Promise<Downloaded> => {
    // There, so that it goes with the network however this program ends.
    const target = await mkdtemp(join(devnet.dir, 'target-'));
    try {
      const done = await work(target);
      const { size } = await stat(join(target, 'outputs', 'data.txt'));
      if (size !== bytes) throw new Error(`${size} of ${bytes} bytes arrived.`);
      return done;
    } finally {
      await rm(target, { recursive: true });
    }
  };

  say('downloading');
  const { peakMb: emptyMb } = await download([]);
  const { peakMb: youngMb } = await fetched((target) => download([handle.id, target], ['--max-semi-space-size=2']));
  const rounds = await inTurns(ROUNDS, {
    sdk: () => fetched((target) => download([handle.id, target])),
    curl: () =>
      fetched(async (target) => {
        const began = performance.now();
        await run('sh', ['-c', 'curl -fsS "$1" | tar -xzf - -C "$2"', 'sh', url, target]);
        return { wallMs: performance.now() - began, peakMb: Number.NaN };
      }),
  });
  const speed = (who: 'sdk' | 'curl'): number[] => rounds.of(who).map(({ wallMs }) => bytes / 1e6 / (wallMs / 1_000));
  const peak = spread(rounds.of('sdk').map(({ peakMb }) => peakMb));
  const rows: readonly Row[] = [
    {
      what: `Result of ${MEGABYTES} MB: speed, against \`curl | tar -x\``,
      measured: ratios(speed('sdk'), speed('curl')),
      unit: 'x',
      target: { atLeast: 0.8 },
      beside: [
        { name: 'SDK', measured: spread(speed('sdk')), unit: 'MB/s' },
        { name: 'curl | tar -x', measured: spread(speed('curl')), unit: 'MB/s' },
      ],
    },
    {
      what: 'Peak memory of the whole process',
      measured: peak,
      unit: 'MB',
      target: { atMost: LARGEST_MB },
      beside: [
        { name: 'Node with the SDK loaded, idle', measured: single(emptyMb), unit: 'MB' },
        { name: 'with `--max-semi-space-size=2`', measured: single(youngMb), unit: 'MB' },
      ],
      reason: `what is held is little; it is buffers that were written already and that V8 has not collected yet. A smaller young generation, in which it collects sooner, brings it to ${youngMb.toFixed(0)} MB.`,
    },
  ];
  report('download', {
    title: 'Results',
    notes: [
      `The output of a job (words and numbers, ${(bytes / packed).toFixed(1)} times as large as its archive), from the local publisher. Speed counts unpacked bytes.`,
    ],
    rows,
  });
} finally {
  await devnet.stop();
}
