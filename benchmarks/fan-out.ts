/** Running many jobs: by `jobs.map` and by a loop that polls each of them. */

import type { FanOutAnswer, FanOutQuestion } from './contestants/fan-out.ts';
import { contestant } from './lib/contestant.ts';
import { startNetwork } from './lib/network.ts';
import { type Row, report, say, sized } from './lib/program.ts';
import { ratios, type Spread, spread } from './lib/spread.ts';
import { inTurns } from './lib/turns.ts';

const JOBS = sized(1_000, 40);
const CONCURRENCY = sized(80, 10);
const ROUNDS = sized(3, 1);

type Who = 'map' | 'whole' | 'loop';

/** On a network of its own each time: in one that has run a thousand jobs, lists take longer. */
const run = (who: Who) => async (): Promise<FanOutAnswer> => {
  say(who);
  await using devnet = await startNetwork();
  const one = contestant<FanOutQuestion, FanOutAnswer>('fan-out.ts', [who, devnet.url, devnet.dir]);
  try {
    const answer = await one.ask({ jobs: JOBS, concurrency: CONCURRENCY });
    if (answer.failed > 0) throw new Error(`${answer.failed} jobs failed.`);
    return answer;
  } finally {
    await one.stop();
  }
};

const rounds = await inTurns<'map' | 'loop', FanOutAnswer>(ROUNDS, { map: run('map'), loop: run('loop') });
const whole = await run('whole')();

const seconds = (answers: readonly FanOutAnswer[]): number[] => answers.map(({ wallMs }) => wallMs / 1_000);
const count = (who: 'map' | 'loop', kinds: readonly (keyof FanOutAnswer['requests'])[]): number[] =>
  rounds.of(who).map(({ requests }) => kinds.reduce((sum, kind) => sum + requests[kind], 0));
const ALL = ['submit', 'wait', 'collect', 'nodes'] as const;
const requestsOf = (name: string, measured: Spread): { name: string; measured: Spread; unit: string } => ({
  name,
  measured,
  unit: 'requests',
});

const time = ratios(seconds(rounds.of('map')), seconds(rounds.of('loop')));
const rateOf = (who: 'map' | 'loop'): string => (JOBS / spread(seconds(rounds.of(who))).median).toFixed(0);
const all = ratios(count('map', ALL), count('loop', ALL));
const rows: readonly Row[] = [
  {
    what: `${JOBS} WebAssembly jobs: time, against a loop that polls each`,
    measured: time,
    unit: 'x',
    target: { atMost: 0.8 },
    beside: [
      { name: 'jobs.map', measured: spread(seconds(rounds.of('map'))), unit: 's' },
      { name: 'loop', measured: spread(seconds(rounds.of('loop'))), unit: 's' },
      { name: 'jobs.map with the whole output of each job', measured: spread(seconds([whole])), unit: 's' },
    ],
    reason: `the node ran ${rateOf('map')} jobs a second under jobs.map and ${rateOf('loop')} under the loop: it is waited for, and ${CONCURRENCY} questions in 100 ms do not slow the server down enough to show.`,
  },
  {
    what: 'Requests for waiting, against that loop',
    measured: ratios(count('map', ['wait']), count('loop', ['wait'])),
    unit: 'x',
    target: { atMost: 0.1 },
    beside: [
      requestsOf('jobs.map', spread(count('map', ['wait']))),
      requestsOf('loop', spread(count('loop', ['wait']))),
    ],
  },
  {
    what: 'Requests in all, against that loop',
    measured: all,
    unit: 'x',
    target: { atMost: 0.1 },
    beside: [requestsOf('jobs.map', spread(count('map', ALL))), requestsOf('loop', spread(count('loop', ALL)))],
    reason: `each job takes two requests in any case, one to submit it and one to read its output: ${2 * JOBS} of those of jobs.map.`,
  },
];
report('fan-out', {
  title: 'Many jobs',
  notes: [
    `${CONCURRENCY} at once, of which one node runs as many as it can. Both submit each job, wait for its end, and read its output from its execution; the loop polls each job every 100 ms.`,
  ],
  rows,
});
