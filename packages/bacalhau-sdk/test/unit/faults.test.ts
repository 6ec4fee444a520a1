import { byRoute, type Fault, type FaultKind, type FaultPlan, scheduled, seeded } from '../support/faults.js';

const KINDS: readonly FaultKind[] = ['lost request', 'reset', 'refused', 'silent'];
const ROUTES = ['GET a', 'PUT a', 'GET b'];

const faultsOf = (plan: FaultPlan, numbers: readonly number[]): readonly Fault[] =>
  numbers.flatMap((number) => ROUTES.map((route) => plan({ route, number })));

test('fault plan: the same seed gives the same faults in any order of requests, another seed gives others', () => {
  const numbers = Array.from({ length: 500 }, (_, index) => index + 1);
  const plan = (seed: number) => seeded(seed, { share: 0.3, kinds: KINDS });
  const faults = faultsOf(plan(1), numbers);
  expect(faultsOf(plan(1), numbers)).toEqual(faults);
  const backwards = [...numbers].reverse();
  expect([...faultsOf(plan(1), backwards)].map(({ kind }) => kind).sort()).toEqual(
    faults.map(({ kind }) => kind).sort(),
  );
  expect(plan(1)({ route: 'GET b', number: 7 })).toEqual(faults[6 * ROUTES.length + 2]);
  expect(faultsOf(plan(2), numbers)).not.toEqual(faults);
  const met = faults.filter(({ kind }) => kind !== 'none');
  expect(met.length / faults.length).toBeGreaterThan(0.25);
  expect(met.length / faults.length).toBeLessThan(0.35);
  for (const kind of KINDS) expect(met.filter((fault) => fault.kind === kind).length).toBeGreaterThan(50);
});

test('fault plan: a schedule applies to one route, and ends', () => {
  const plan = byRoute({ 'PUT a': scheduled('PUT a', { kind: 'none' }, { kind: 'lost answer' }) });
  expect(faultsOf(plan, [1, 2, 3]).map(({ kind }) => kind)).toEqual([
    ...['none', 'none', 'none'],
    ...['none', 'lost answer', 'none'],
    ...['none', 'none', 'none'],
  ]);
});
