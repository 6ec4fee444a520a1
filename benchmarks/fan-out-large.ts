/** Whether a fan-out of many thousand jobs slows down, or grows, with what is done. */
import { fanOut } from './lib/fan-outs.ts';
import { type Row, report, sized } from './lib/program.ts';
import { single } from './lib/spread.ts';

const JOBS = sized(20_000, 2_000);

const question = { jobs: JOBS, concurrency: 'auto', isTakenUpAgain: true } as const;
const { thousands, requests, failed, wallMs, again } = await fanOut('map', question, { computeNodes: 2 })();
const [first, second] = thousands;
const last = thousands.at(-1);
if (first === undefined || second === undefined || last === undefined) throw new Error('Fewer than 2,000 jobs.');
if (again === undefined) throw new Error('It was not taken up again.');
const rows: readonly Row[] = [
  {
    what: `${JOBS} tiny jobs, 'auto': time of the last thousand, against the first`,
    measured: single(last.wallMs / first.wallMs),
    unit: 'x',
    target: { atMost: 1.5 },
    beside: [
      { name: 'first thousand', measured: single(first.wallMs / 1_000), unit: 's' },
      { name: 'last thousand', measured: single(last.wallMs / 1_000), unit: 's' },
      { name: 'all', measured: single(wallMs / 1_000), unit: 's' },
    ],
  },
  {
    what: 'Heap after the last thousand, against the second',
    measured: single(last.heap / second.heap),
    unit: 'x',
    target: { atMost: 1.1 },
    beside: [{ name: 'at the end', measured: single(last.heap), unit: 'MB' }],
  },
  {
    what: 'Requests a job',
    measured: single(Object.values(requests).reduce((sum, count) => sum + count, 0) / JOBS),
    unit: 'requests',
    target: { atMost: 2.3 },
    reason:
      'a job is polled when half of the latest ones had ended. When 70 % of them had, it takes 2.27 to 2.5 requests, but 1.13 to 1.2 times as long.',
    beside: Object.entries(requests).map(([name, count]) => ({
      name,
      measured: single(count / JOBS),
      unit: 'requests',
    })),
  },
  {
    what: `Taken up again with ${JOBS} jobs on the server: time`,
    measured: single(again.wallMs / 1_000),
    unit: 's',
    beside: [
      { name: 'requests', measured: single(again.requests), unit: 'requests' },
      { name: 'submitted again', measured: single(again.submitted), unit: 'jobs' },
    ],
  },
  { what: 'Failures', measured: single(failed), unit: 'jobs', target: { atMost: 0 } },
];
report('fan-out-large', {
  title: 'Very many jobs',
  notes: [
    "Two nodes with room for three jobs each and the server's own defaults; the jobs are the smallest that print a word. One node would not do: it keeps a file open for each job that it has run.",
  ],
  rows,
});
