/** What a call costs: by the SDK, by the generated client that it is made of, by axios alone, by the Python SDK. */
import { setTimeout as pause } from 'node:timers/promises';
import type { CallsAnswer, CallsQuestion } from './contestants/calls.ts';
import { type Contestant, contestant, contestantOf, placeOf } from './lib/contestant.ts';
import { idleJob, many, putJobs } from './lib/jobs.ts';
import { startNetwork } from './lib/network.ts';
import { type Row, report, say, sized } from './lib/program.ts';
import { PYTHON_SDK, pythonWithSdk } from './lib/python.ts';
import { ratios, spread } from './lib/spread.ts';
import { inTurns, type Rounds } from './lib/turns.ts';

const ROUNDS = sized(16, 4);
const WARM_UP_CALLS = sized(1_000, 50);
/** Servers take a thousand requests from an address at once, and a thousand a second. */
const CALLS = { alone: sized(200, 40), together: sized(400, 64) };
const PAUSE_MS = 300;
const TOGETHER = 32;

type Who = 'SDK' | 'generated client' | 'axios' | 'Python SDK';
type Process = Contestant<CallsQuestion, CallsAnswer>;

const WHAT = {
  'jobs.get, one at a time': { operation: 'get', concurrency: 1 },
  'jobs.get, 32 at once': { operation: 'get', concurrency: TOGETHER },
  'jobs.list, one at a time': { operation: 'list', concurrency: 1 },
  'jobs.list, 32 at once': { operation: 'list', concurrency: TOGETHER },
} as const;

const python = await pythonWithSdk();
const devnet = await startNetwork();
const processes = new Map<Who, Process>();
try {
  const ids: string[] = [];
  await putJobs(
    devnet.url,
    many(20, (index) => idleJob(`job-${index}`, 'failed')),
    (id) => ids.push(id),
  );
  const [jobId = ''] = ids;
  await pause(2_000); // The last of them are still being scheduled.

  processes.set('SDK', contestant('calls.ts', ['sdk', devnet.url, devnet.dir]));
  processes.set('generated client', contestant('calls.ts', ['client', devnet.url]));
  processes.set('axios', contestant('calls.ts', ['axios', devnet.url]));
  if ('path' in python) {
    processes.set(
      'Python SDK',
      contestantOf(python.path, [placeOf('calls.py')], { ...devnet.env, BACALHAU_DIR: devnet.dir }),
    );
  }

  const rows: Row[] = [];
  for (const [what, { operation, concurrency }] of Object.entries(WHAT)) {
    say(what);
    const calls = concurrency === 1 ? CALLS.alone : CALLS.together;
    const block = async (one: Process): Promise<CallsAnswer> => {
      await pause(PAUSE_MS);
      return one.ask({ operation, jobId, calls, concurrency });
    };
    for (const one of processes.values()) {
      for (let made = 0; made < WARM_UP_CALLS; made += calls) await block(one);
    }
    const ways = Object.fromEntries([...processes].map(([who, one]) => [who, () => block(one)]));
    rows.push(...rowsOf(what, await inTurns(ROUNDS, ways)));
  }
  report('calls', {
    title: 'Single calls',
    rows,
    notes: [
      'A store of 20 small jobs; `jobs.list` requests five. Each contestant is a process of its own; wall and CPU time are per call, measured over blocks of some hundred calls.',
      'missing' in python ? python.missing : `The Python SDK is ${PYTHON_SDK}.`,
    ],
  });
} finally {
  await Promise.all([...processes.values()].map((one) => one.stop()));
  await devnet.stop();
}

function rowsOf(what: string, rounds: Rounds<string, CallsAnswer>): Row[] {
  const values = (who: Who, of: keyof CallsAnswer): number[] => rounds.of(who).map((round) => round[of]);
  const beside = (of: keyof CallsAnswer): Row['beside'] =>
    [...processes.keys()].map((name) => ({ name, measured: spread(values(name, of)), unit: 'ms' }));
  const medianOf = (who: Who, of: keyof CallsAnswer): string => `${spread(values(who, of)).median.toFixed(2)} ms`;
  const against = (who: Who, of: keyof CallsAnswer, atMost: number, all?: Row['beside']): Row => {
    const measured = ratios(values('SDK', of), values(who, of));
    return {
      what: `${what}: ${of === 'wallMs' ? 'wall' : 'CPU'} time of a call, against the ${who}`,
      measured,
      unit: 'x',
      target: { atMost },
      beside: all,
      reason: `the SDK takes ${medianOf('SDK', of)} a call, axios alone ${medianOf('axios', of)} and the ${who} ${medianOf(who, of)}: most of it is the server's work and Node's HTTP; the rest is the SDK's deadline, checks and typed answer.`,
    };
  };
  return [
    against('generated client', 'wallMs', 1.1, beside('wallMs')),
    against('generated client', 'cpuMs', 1.2, beside('cpuMs')),
    ...(processes.has('Python SDK') ? [against('Python SDK', 'wallMs', 1)] : []),
  ];
}
