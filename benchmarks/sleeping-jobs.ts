/** Running jobs that do nothing for a while, on a node that has room for three, at the server's own defaults. */
import { BEST_WINDOW, fanOut } from './lib/fan-outs.ts';
import { report, sized } from './lib/program.ts';
import { single } from './lib/spread.ts';

const JOBS = sized(45, 6);
const SLEEP_S = sized(20, 1);
/** A node says every so often what room it has, so that a slot may be idle for that long between two jobs. */
const HEARTBEAT_S = 15;

const auto = await fanOut('map', { jobs: JOBS, concurrency: 'auto' }, { sleepS: SLEEP_S })();
const loop = await fanOut('loop', { jobs: JOBS, concurrency: JOBS }, { sleepS: SLEEP_S })();

const gain = loop.wallMs / auto.wallMs;
const seconds = ({ wallMs }: { readonly wallMs: number }) => ({ measured: single(wallMs / 1_000), unit: 's' });
const idealS = (JOBS / BEST_WINDOW) * SLEEP_S;
report('sleeping-jobs', {
  title: 'Jobs that take their time on a small network',
  notes: [
    `One node with room for ${BEST_WINDOW} jobs and the server's own defaults, as for tiny jobs: ${JOBS} jobs that sleep for ${SLEEP_S} s. The loop submits all of them at once with a queue timeout, and polls each every 100 ms.`,
  ],
  rows: [
    {
      what: `${JOBS} jobs that sleep ${SLEEP_S} s, 'auto': rate, against a bare loop of ${JOBS} slots`,
      measured: single(gain),
      unit: 'x',
      target: { atLeast: 1.5 },
      ...(gain < 1.5 && {
        reason: `the loop had the node busy for ${Math.round((idealS * 100_000) / loop.wallMs)} % of the time: jobs that are submitted before a node tells that it is full are placed on it, and wait there. More than 100 % cannot be had.`,
      }),
      beside: [
        { name: 'auto', ...seconds(auto) },
        { name: 'loop', ...seconds(loop) },
      ],
    },
    {
      what: "'auto': rate, against that of a node that is never idle",
      measured: single((idealS * 1_000) / auto.wallMs),
      unit: 'x',
      target: { atLeast: SLEEP_S / (SLEEP_S + HEARTBEAT_S) },
    },
    {
      what: "'auto': failures",
      measured: single(auto.failed),
      unit: 'jobs',
      target: { atMost: 0 },
      beside: [{ name: 'queued at once, at most', measured: single(auto.mostQueued), unit: 'jobs' }],
    },
  ],
});
