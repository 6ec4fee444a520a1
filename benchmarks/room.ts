/** Running many jobs on a node that has room for three, at the server's own defaults. */

import type { FanOutAnswer } from './contestants/fan-out.ts';
import { BEST_WINDOW, fanOut } from './lib/fan-outs.ts';
import { type Row, report, sized } from './lib/program.ts';
import { ratios, single, spread } from './lib/spread.ts';
import { inTurns } from './lib/turns.ts';

/** As many jobs as all contestants run, so long that a minute in which the node is idle does not decide. */
const JOBS = sized(5_000, 60);
const ROUNDS = 1;
const FEWER_JOBS = sized(1_000, 40);

const seconds = (answers: readonly FanOutAnswer[]): number[] => answers.map(({ wallMs }) => wallMs / 1_000);

const CONCURRENCIES = [5, 20, 100, 'auto'] as const;
const fewer: { readonly concurrency: number | 'auto'; readonly answer: FanOutAnswer }[] = [];
for (const concurrency of CONCURRENCIES) {
  fewer.push({ concurrency, answer: await fanOut('map', { jobs: FEWER_JOBS, concurrency })() });
}

const many = (who: 'map' | 'loop', concurrency: number | 'auto') => fanOut(who, { jobs: JOBS, concurrency });
const rounds = await inTurns<'auto' | 'fixed' | 'best loop' | 'loop of 16' | 'loop of 80', FanOutAnswer>(ROUNDS, {
  auto: many('map', 'auto'),
  fixed: many('map', BEST_WINDOW),
  'best loop': many('loop', BEST_WINDOW),
  'loop of 16': many('loop', 16),
  'loop of 80': many('loop', 80),
});

const auto = rounds.of('auto');
const perJob = (kinds: readonly (keyof FanOutAnswer['requests'])[]): number[] =>
  auto.map(({ requests }) => kinds.reduce((sum, kind) => sum + requests[kind], 0) / JOBS);
/** What holds the figure against a loop whose jobs are queued. */
const QUEUED_LOOP =
  'it takes as long as the best fixed window, which is what the node can do. How long the loop takes depends on how often all of its slots hold jobs that wait for their minute, which differs from run to run.';
const against = (
  who: 'fixed' | 'best loop' | 'loop of 16' | 'loop of 80',
  what: string,
  atMost: number,
  reason?: string,
): Row => ({
  what: `${JOBS} tiny jobs, 'auto': time, against ${what}`,
  measured: ratios(seconds(auto), seconds(rounds.of(who))),
  unit: 'x',
  target: { atMost },
  reason,
  beside: [
    { name: 'auto', measured: spread(seconds(auto)), unit: 's' },
    { name: what, measured: spread(seconds(rounds.of(who))), unit: 's' },
  ],
});

const requestsPerJob = spread(perJob(['submit', 'wait', 'collect', 'nodes']));
const rows: readonly Row[] = [
  ...fewer.map(
    ({ concurrency, answer }): Row => ({
      what: `${FEWER_JOBS} tiny jobs, concurrency ${concurrency}: failures`,
      measured: single(answer.failed),
      unit: 'jobs',
      target: { atMost: 0 },
      beside: [
        { name: 'it took', measured: single(answer.wallMs / 1_000), unit: 's' },
        { name: 'queued at once, at most', measured: single(answer.mostQueued), unit: 'jobs' },
      ],
    }),
  ),
  against('best loop', `a bare loop of ${BEST_WINDOW} slots`, 1.1),
  against('fixed', `a fixed concurrency of ${BEST_WINDOW}`, 1.1),
  against('loop of 16', 'a bare loop of 16 slots', 0.6, QUEUED_LOOP),
  against('loop of 80', 'a bare loop of 80 slots', 0.6, QUEUED_LOOP),
  {
    what: `${JOBS} tiny jobs, 'auto': queued at once, at most`,
    measured: spread(auto.map(({ mostQueued }) => mostQueued)),
    unit: 'jobs',
    target: { atMost: 0 },
  },
  {
    what: `${JOBS} tiny jobs, 'auto': requests a job`,
    measured: requestsPerJob,
    unit: 'requests',
    target: { atMost: 2.3 },
    reason:
      'a job is polled after the time that half of the latest jobs took, so that the node does not idle long; one that takes longer is polled again. The more the times differ, the more polls there are. On a busy machine, where one job in ten takes 2.5 times the median, a poll after 70 % of the jobs instead made 2.3 to 2.5 requests a job instead of 2.5 to 2.9, but took 1.13 to 1.2 times as long.',
    beside: [
      { name: 'to submit', measured: spread(perJob(['submit'])), unit: 'requests' },
      { name: 'to wait', measured: spread(perJob(['wait'])), unit: 'requests' },
      { name: 'to read the output', measured: spread(perJob(['collect'])), unit: 'requests' },
      { name: 'for the room of nodes', measured: spread(perJob(['nodes'])), unit: 'requests' },
    ],
  },
];
report('room', {
  title: 'Many jobs on a small network',
  notes: [
    "One node with two cores and the server's own defaults: a job that finds no room is placed a minute later, nodes say every 15 seconds what room they have, and a job that does not say otherwise asks for half a core. The jobs set no timeout and no resources. The bare loops submit each job with a queue timeout, without which most of their jobs fail, and poll it every 20 ms.",
  ],
  rows,
});
