import { startDevnet } from 'bacalhau-devnet';
import { Bacalhau } from '../../src/client/bacalhau.js';
import type { JobHandle } from '../../src/job/job-handle.js';
import { expectEachRanOnce } from '../support/each-ran-once.js';
import { faultProxy } from '../support/fault-proxy.js';
import { byRoute, seeded, seeds } from '../support/faults.js';
import { keyDirectory } from '../support/key-directory.js';
import { printingJob } from '../support/wasm-jobs.js';
import { inLanes } from '../support/within.js';

const JOBS = 1_000;
const SUBMIT = 'PUT orchestrator/jobs';

const dir = keyDirectory();

test.each(seeds(1))(
  'submit: a thousand submissions, with one response in ten lost, create a thousand jobs, each run once (seed %d)',
  async (seed) => {
    // A network of its own, so that lists of other tests do not grow by so many jobs.
    await using devnet = await startDevnet({
      server: 'pinned',
      config: { Logging: { Level: 'error' } },
      // A job for which there is no room is placed a minute later by default.
      orchestratorConfig: { Orchestrator: { Scheduler: { QueueBackoff: '2s' } } },
    });
    const losses = seeded(seed, { share: 0.1, kinds: ['lost answer'] });
    await using proxy = await faultProxy(devnet.url, byRoute({ [SUBMIT]: losses }));
    const options = { namespace: 'thousand', dir, env: {}, logLevel: 'off' } as const;
    await using bacalhau = new Bacalhau({ baseUrl: proxy.url, ...options });
    await using direct = new Bacalhau({ baseUrl: devnet.url, ...options });

    const { Name: _, ...job } = await printingJob('once');
    // Their results are not needed.
    const nameless = { ...job, Tasks: job.Tasks.map(({ Publisher: __, ...task }) => task) };
    const handles: JobHandle[] = [];
    await inLanes(
      32,
      Array.from({ length: JOBS }),
      async () => void handles.push(await bacalhau.jobs.submit(nameless)),
    );
    const lost = proxy.dealt.filter(({ fault }) => fault.kind === 'lost answer');
    expect(lost.length).toBeGreaterThan(JOBS / 20);

    const ids = new Set(handles.map(({ id }) => id));
    expect(ids.size).toBe(JOBS);
    await expectEachRanOnce(direct, ids);
  },
  300_000,
);
