import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Bacalhau } from '../../src/client/bacalhau.js';
import { BacalhauError } from '../../src/errors/base.js';
import { CallError } from '../../src/errors/call-errors.js';
import type { JobHandle } from '../../src/job/job-handle.js';
import { faultProxy } from '../support/fault-proxy.js';
import { type FaultKind, scheduled, seeded, seeds } from '../support/faults.js';
import { keyDirectory } from '../support/key-directory.js';
import { collect, freshName, networkClient, networkUrl } from '../support/network.js';
import { freshDirectories } from '../support/results.js';
import { printingJob } from '../support/wasm-jobs.js';
import { inLanes, within } from '../support/within.js';

const KINDS: readonly FaultKind[] = [
  ...(['lost request', 'lost answer', 'reset', 'truncated', 'slow', 'refused', 'refused'] as const),
  ...(['silent', 'stalled'] as const),
];
/** Deadlines of the client: short, because a half-open connection takes all of one. */
const CALL_MS = 2_000;
const LONG_MS = 30_000;
/** Far more than the deadlines of all calls of one piece of work allow. */
const HANGS_MS = 60_000;
const ROUNDS = 15;

const dir = keyDirectory();
const directory = freshDirectories();
const direct = networkClient();

/** The job that all calls are about: it has ended. The number of its events, and the host of its results. */
let done: JobHandle;
let events: number;
let archives: string;
beforeAll(async () => {
  done = await direct.jobs.submit(await printingJob('hello'));
  await done.wait();
  events = (await collect(done.history({ eventType: 'all' }))).length;
  const [result] = await done.typedResults();
  archives = new URL(result?.type === 'url' ? result.url : '').host;
}, 60_000);

/** One piece of work of each kind; it checks what it is given, and rejects with whatever the SDK rejects with. */
function workOf(bacalhau: Bacalhau, store: string) {
  const { jobs } = bacalhau;
  const job = bacalhau.jobs.handle(done.id, { namespace: 'default' });
  const submitted: JobHandle[] = [];
  return {
    get: async () => expect((await job.refresh()).ID).toBe(done.id),
    list: async () => {
      const ids = (await collect(jobs.list({ limit: 5 }))).map(({ ID }) => ID);
      expect(new Set(ids).size).toBe(ids.length);
    },
    history: async () => expect(await collect(job.history({ limit: 2, eventType: 'all' }))).toHaveLength(events),
    executions: async () => {
      const { items } = await job.executions();
      expect(items.map(({ ComputeState }) => ComputeState.StateType)).toEqual([9]);
    },
    submit: async (index: number) => {
      const { Name: _, ...nameless } = await printingJob('once', { Labels: { attempt: `${index}` } });
      submitted.push(await jobs.submit(nameless));
    },
    wait: async () => {
      const ended = await (submitted.pop() ?? job).wait({ timeoutMs: LONG_MS });
      expect(ended.State?.StateType).toBe('Completed');
    },
    logs: async () => {
      const entries = await collect(job.logs({ signal: AbortSignal.timeout(LONG_MS) }));
      expect(entries.map(({ text }) => text).join('')).toBe('hello');
    },
    download: async () => {
      const out = directory();
      const transfer = { timeoutMs: LONG_MS, stallTimeoutMs: 500, hosts: { [archives]: store } };
      const { files } = await job.download(out, transfer);
      expect(files.map(({ path }) => path).sort()).toEqual(['exitCode', 'stderr', 'stdout']);
      expect(await readFile(join(out, 'stdout'), 'utf8')).toBe('hello');
    },
  } satisfies Record<string, (index: number) => Promise<void>>;
}

test.each(seeds(1, 2, 3))(
  'under faults all calls succeed or reject with a reason, and no job runs twice (seed %d)',
  async (seed) => {
    const namespace = freshName('faulty');
    await using api = await faultProxy(networkUrl(), seeded(seed, { share: 0.25, kinds: KINDS }));
    await using store = await faultProxy(`http://${archives}`, seeded(seed, { share: 0.5, kinds: KINDS }));
    await using bacalhau = new Bacalhau({
      ...{ baseUrl: api.url, namespace, dir, env: {}, logLevel: 'off', timeoutMs: CALL_MS },
    });

    const work = Object.entries(workOf(bacalhau, store.host));
    const pieces = Array.from({ length: ROUNDS }, (_, index) => work.map(([name, piece]) => ({ name, index, piece })));
    const failed: { name: string; index: number; error: BacalhauError }[] = [];
    await inLanes(16, pieces.flat(), async ({ name, index, piece }) => {
      try {
        await within(HANGS_MS, name, piece(index));
      } catch (error) {
        if (!(error instanceof BacalhauError)) throw error;
        failed.push({ name, index, error });
      }
    });
    const met = new Set([...api.dealt, ...store.dealt].map(({ fault }) => fault.kind));
    expect([...met].sort()).toEqual([...new Set([...KINDS, 'none'])].sort());
    // If most calls failed, good reasons would show little.
    const reasons = failed.map(({ name, error }) => `${name}: ${error}`);
    expect(reasons.slice(pieces.flat().length / 3)).toEqual([]);

    const made = await collect(direct.jobs.list({ namespace }));
    const attempts = made.map(({ Labels }) => Number(Labels?.['attempt']));
    expect(new Set(attempts).size).toBe(made.length);
    // Each submitted job exists; if a failed submission created one, its error said that it may have.
    for (let attempt = 0; attempt < ROUNDS; attempt += 1) {
      const failure = failed.find(({ name, index }) => name === 'submit' && index === attempt)?.error;
      if (failure === undefined) expect(attempts).toContain(attempt);
      else if (attempts.includes(attempt)) {
        const warned =
          failure instanceof CallError
            ? failure.outcomeUnknown
            : failure.message.includes('may still have been processed');
        expect({ warned, failure: String(failure) }).toEqual({ warned: true, failure: String(failure) });
      }
    }
    for (const { ID = '', Version } of made) {
      await direct.jobs.handle(ID, { namespace }).wait({ timeoutMs: LONG_MS });
      expect(Version).toBe(1);
      expect((await direct.jobs.executions(ID, { namespace, allJobVersions: true })).items).toHaveLength(1);
    }
  },
  120_000,
);

test('submit: a job whose response arrived truncated is found', async () => {
  const namespace = freshName('spoilt');
  const spoilt = scheduled('PUT orchestrator/jobs', { kind: 'truncated', after: 0.5 }, { kind: 'truncated', after: 0 });
  await using api = await faultProxy(networkUrl(), spoilt);
  await using bacalhau = new Bacalhau({ baseUrl: api.url, namespace, dir, env: {}, logLevel: 'off' });
  const { Name: _, ...nameless } = await printingJob('once');
  const one = await bacalhau.jobs.submit(nameless);
  const other = await bacalhau.jobs.submit(nameless);
  expect([one.deduplicated, other.deduplicated]).toEqual([true, true]);
  const made = await collect(direct.jobs.list({ namespace }));
  expect(made.map(({ ID }) => ID).sort()).toEqual([one.id, other.id].sort());
  await expect(bacalhau.jobs.submit(nameless)).resolves.toMatchObject({ deduplicated: false });
}, 30_000);
