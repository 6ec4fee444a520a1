/** Walking through all jobs: by the SDK and by hand with the generated client. */
import { setTimeout as pause } from 'node:timers/promises';
import type { IterationAnswer, IterationQuestion } from './contestants/iteration.ts';
import { contestant } from './lib/contestant.ts';
import { idleJob, many, putJobs } from './lib/jobs.ts';
import { startNetwork } from './lib/network.ts';
import { type Row, report, say, sized } from './lib/program.ts';
import { ratios, single, spread } from './lib/spread.ts';
import { inTurns } from './lib/turns.ts';

const FEW = sized(2_000, 40);
const MANY = sized(10_000, 200);
const PAGE = sized(1_000, 20);
const ROUNDS = sized(6, 2);

const devnet = await startNetwork();
try {
  const ask = async (who: 'sdk' | 'client', question: IterationQuestion): Promise<IterationAnswer> => {
    // Each time a new process, so that none carries the memory of an earlier walk.
    const one = contestant<IterationQuestion, IterationAnswer>(
      'iteration.ts',
      [who, devnet.url, devnet.dir],
      ['--expose-gc'],
    );
    try {
      return await one.ask(question);
    } finally {
      await one.stop();
    }
  };
  const peakOf = async (who: 'sdk' | 'client', jobs: number): Promise<number> => {
    const walked = await ask(who, { pageSize: PAGE, memory: true });
    if (walked.jobs !== jobs) throw new Error(`${who} saw ${walked.jobs} of ${jobs} jobs.`);
    return walked.peakMb;
  };
  const fill = async (from: number, to: number): Promise<void> => {
    say(`filling up to ${to} jobs`);
    await putJobs(
      devnet.url,
      many(to - from, (index) => idleJob(`job-${from + index}`, 'failed')),
    );
    await pause(3_000); // The last of them are still being scheduled.
  };

  await fill(0, FEW);
  const few = { sdk: await peakOf('sdk', FEW), client: await peakOf('client', FEW) };
  await fill(FEW, MANY);
  const most = { sdk: await peakOf('sdk', MANY), client: await peakOf('client', MANY) };

  say('walking');
  const walk = (who: 'sdk' | 'client') => async (): Promise<number> =>
    (await ask(who, { pageSize: PAGE, memory: false })).wallMs;
  const walks = await inTurns(ROUNDS, { sdk: walk('sdk'), client: walk('client') });

  const memory = (measured: { readonly sdk: number; readonly client: number }, jobs: number): Row['beside'] => [
    { name: `SDK, ${jobs} jobs`, measured: single(measured.sdk), unit: 'MB' },
    { name: `generated client, ${jobs} jobs`, measured: single(measured.client), unit: 'MB' },
  ];
  report('iteration', {
    title: 'Walking through a list',
    notes: [
      `\`for await (const job of bacalhau.jobs.list({ limit: ${PAGE} }))\` against a loop over the pages of the generated client, each walk in a new process. Memory is the peak at the end of a page, after a garbage collection.`,
    ],
    rows: [
      {
        what: `${MANY} jobs: time, against paging by hand`,
        measured: ratios(walks.of('sdk'), walks.of('client')),
        unit: 'x',
        target: { atMost: 1.1 },
        beside: [
          { name: 'SDK', measured: spread(walks.of('sdk')), unit: 'ms' },
          { name: 'generated client', measured: spread(walks.of('client')), unit: 'ms' },
        ],
      },
      {
        what: `Peak memory of ${MANY} jobs, against ${FEW}`,
        measured: single(most.sdk / few.sdk),
        unit: 'x',
        target: { atMost: 1.1 },
        reason:
          'a list gives each entry once, even if the server repeats a page: it remembers the ids of those that came, beside what the pages themselves leave behind.',
        beside: [...(memory(few, FEW) ?? []), ...(memory(most, MANY) ?? [])],
      },
    ],
  });
} finally {
  await devnet.stop();
}
