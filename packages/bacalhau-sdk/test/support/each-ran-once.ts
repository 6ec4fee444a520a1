import type { Bacalhau } from '../../src/client/bacalhau.js';
import { collect } from './network.js';
import { inLanes, within } from './within.js';

/** Waits for jobs, and checks that their namespace has no others, and that each completed after one execution. */
export async function expectEachRanOnce(bacalhau: Bacalhau, ids: ReadonlySet<string>): Promise<void> {
  const listed = await collect(bacalhau.jobs.list());
  expect(listed.map(({ ID }) => ID).sort()).toEqual([...ids].sort());
  const waits = [...ids].map((id) => bacalhau.jobs.handle(id).wait());
  const ended = await within(200_000, 'waiting for all', Promise.all(waits));
  expect(new Set(ended.map(({ State, Version }) => `${State?.StateType} ${Version}`))).toEqual(
    new Set(['Completed 1']),
  );
  const executions: number[] = [];
  await inLanes(8, ids, async (id) => {
    const { items } = await bacalhau.jobs.executions(id, { allJobVersions: true, limit: 0 });
    executions.push(items.length);
  });
  expect(executions).toEqual([...ids].map(() => 1));
}
