import fc from 'fast-check';
import { LIMITS } from '../../src/logs/limits.js';
import { OrchestratorQueue } from '../../src/logs/orchestrator-queue.js';

/** What the orchestrator really holds. */
const REAL = { messages: 524_288, bytes: 64 * 1024 * 1024 };

test('a slow client never considers a log complete if the orchestrator has dropped lines', () => {
  // All of the log is printed at once; what exceeds the queue is gone, and the client reads what is left at its pace.
  fc.assert(
    fc.property(
      fc.integer({ min: 600, max: 80_000 }),
      fc.array(fc.nat(20_000), { maxLength: 4 }),
      (perSecond, stalls) => {
        const stream = new OrchestratorQueue().open(LIMITS.orchestratorQueue);
        let now = 0;
        for (let index = 0; index < REAL.messages; index += 1) {
          now += 1_000 / perSecond;
          if (index % 100_000 === 50_000) now += stalls[Math.floor(index / 100_000)] ?? 0;
          stream.add(40, now);
        }
        expect(stream.mayHaveDropped).toBe(true);
      },
    ),
    { numRuns: 15 },
  );
});

test('the size of a log is that of its bytes, however they arrive', () => {
  const stream = new OrchestratorQueue().open(LIMITS.orchestratorQueue);
  for (let sent = 0; sent < REAL.bytes * 0.95; sent += 16_384 * (4 / 3)) stream.add(16_384, sent / 1_000_000);
  expect(stream.mayHaveDropped).toBe(true);
});

test('streams that are read at the same time share the queue', () => {
  const queue = new OrchestratorQueue();
  const streams = [queue.open(LIMITS.orchestratorQueue), queue.open(LIMITS.orchestratorQueue)];
  for (let index = 0; index < 250_000; index += 1) for (const stream of streams) stream.add(40, index / 50);
  expect(streams.map(({ mayHaveDropped }) => mayHaveDropped)).toEqual([true, true]);
  for (const stream of streams) stream.close();
  const next = queue.open(LIMITS.orchestratorQueue);
  next.add(40, 6_000);
  expect(next.mayHaveDropped).toBe(false);
});

test('a job that prints now and then never reaches the limit, nor does a burst before a quiet minute', () => {
  const queue = new OrchestratorQueue();
  const stream = queue.open(LIMITS.orchestratorQueue);
  for (let second = 0; second < 14 * 24 * 3_600; second += 1) stream.add(80, second * 1_000);
  expect(stream.mayHaveDropped).toBe(false);
  const start = 15 * 24 * 3_600_000;
  for (let hour = 0; hour < 5; hour += 1) {
    for (let index = 0; index < 300_000; index += 1) stream.add(80, start + hour * 3_600_000 + index / 100);
  }
  expect(stream.mayHaveDropped).toBe(false);
});
