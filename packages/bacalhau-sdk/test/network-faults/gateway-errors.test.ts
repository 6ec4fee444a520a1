import { startDevnet } from 'bacalhau-devnet';
import { Bacalhau } from '../../src/client/bacalhau.js';
import type { JobHandle } from '../../src/job/job-handle.js';
import { expectEachRanOnce } from '../support/each-ran-once.js';
import { faultProxy } from '../support/fault-proxy.js';
import { byRoute, type FaultPlan, seeded, seeds } from '../support/faults.js';
import { keyDirectory } from '../support/key-directory.js';
import { printingJob } from '../support/wasm-jobs.js';
import { inLanes } from '../support/within.js';

const JOBS = 1_000;
const SUBMIT = 'PUT orchestrator/jobs';

const dir = keyDirectory();

test.each(seeds(1))(
  'submit: a thousand submissions, some answered by gateways with 502 or 504, create a thousand jobs, each run once (seed %d)',
  async (seed) => {
    await using devnet = await startDevnet({ server: 'pinned', config: { Logging: { Level: 'error' } } });
    const losses = seeded(seed, {
      share: 0.15,
      kinds: ['gateway', 'gateway', 'lost answer', 'lost request', 'truncated'],
    });
    const reads: FaultPlan = seeded(seed, { share: 0.05, kinds: ['gateway'] });
    const plans = byRoute({ [SUBMIT]: losses, 'GET orchestrator/jobs/*': reads, 'GET agent/version': reads });
    await using proxy = await faultProxy(devnet.url, plans);
    const options = { namespace: 'thousand', dir, env: {}, logLevel: 'off' } as const;
    await using bacalhau = new Bacalhau({ baseUrl: proxy.url, ...options, maxRetries: 9 });
    await using direct = new Bacalhau({ baseUrl: devnet.url, ...options });

    const { Name: _, ...job } = await printingJob('once');
    // Their results are not needed.
    const nameless = { ...job, Tasks: job.Tasks.map(({ Publisher: __, ...task }) => task) };
    const handles: JobHandle[] = [];
    const rejections = new Map<string, number>();
    await inLanes(32, Array.from({ length: JOBS }), async () => {
      try {
        handles.push(await bacalhau.jobs.submit(nameless));
      } catch (error) {
        const said = String(error).replaceAll(/job-[0-9a-f]+/g, 'job-…');
        rejections.set(said, (rejections.get(said) ?? 0) + 1);
      }
    });
    const met = proxy.dealt.flatMap(({ fault }) =>
      fault.kind === 'gateway' ? [`${fault.status} ${fault.arrives}`] : [],
    );
    expect([...new Set(met)].sort()).toEqual(['502 false', '502 true', '504 false', '504 true']);

    expect([...rejections]).toEqual([]);
    const ids = new Set(handles.map(({ id }) => id));
    expect(ids.size).toBe(JOBS);
    await expectEachRanOnce(direct, ids);
  },
  180_000,
);
