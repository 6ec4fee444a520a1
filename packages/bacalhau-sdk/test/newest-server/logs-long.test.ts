/** Logs that are longer than an orchestrator's queue: it drops what comes beyond without reporting it. */

import { followLogs } from '../../src/logs/logs.js';
import type { LogEntry } from '../../src/logs/options.js';
import { shellJob, testTransport, textOf } from '../support/logs.js';
import { ended, networkClient, networkUrl } from '../support/network.js';
import { describeWith } from '../support/requirements.js';

const bacalhau = networkClient();
const newTransport = testTransport(networkUrl);
const QUEUE = { messages: 2_000, bytes: 1e9 };

async function submit(command: string, Publisher?: { Type: string }): Promise<string> {
  const { Job } = shellJob(command);
  const Tasks = (Job.Tasks ?? []).map((task) => ({ ...task, ...(Publisher && { Publisher }) }));
  const { JobID } = await bacalhau.jobs.put({ Job: { ...Job, Tasks } });
  const { State } = await ended(bacalhau, JobID);
  expect(State?.StateType).toBe('Completed');
  return JobID;
}

async function read(jobId: string, orchestratorQueue: typeof QUEUE): Promise<readonly LogEntry[]> {
  const entries: LogEntry[] = [];
  const target = { jobId, namespace: undefined };
  for await (const entry of followLogs(newTransport(), target, {}, { orchestratorQueue })) entries.push(entry);
  return entries;
}

const numbers = (count: number): string => Array.from({ length: count }, (_, index) => `${index + 1}\n`).join('');

describeWith(['docker'], 'a long log', () => {
  const command = "seq 5000; seq 700 >&2; printf 'half a line, é'";

  test('continues with the published result, without repetition and in order', async () => {
    for (const held of [QUEUE, { messages: 1e9, bytes: 100_000 }]) {
      const entries = await read(await submit(command, { Type: 'local' }), held);
      expect(textOf(entries)).toBe(`${numbers(5_000)}half a line, é`);
      expect(textOf(entries, 'stderr')).toBe(numbers(700));
      expect(entries.filter(({ incomplete }) => incomplete)).toEqual([]);
      // A chunk of the log is a line, of the published file many.
      expect(entries.length).toBeLessThan(4_000);
    }
  }, 60_000);

  test('is marked where output may be missing, if nothing was published', async () => {
    const entries = await read(await submit('seq 20000'), QUEUE);
    const marked = entries.findIndex(({ incomplete }) => incomplete);
    expect(marked).toBeGreaterThanOrEqual(QUEUE.messages);
    expect(marked).toBeLessThan(QUEUE.messages + 500);
    expect(entries.slice(marked).every(({ incomplete }) => incomplete)).toBe(true);
    // Docker may lose the end of what follows a container, and here nothing else holds it (docs/log-streams.md).
    const text = textOf(entries);
    expect(numbers(20_000).slice(0, text.length)).toBe(text);
  }, 60_000);

  test('of a million lines is whole', async () => {
    const lines = 1_000_000;
    const jobId = await submit(`seq ${lines}`, { Type: 'local' });
    let next = 1;
    for await (const { text, incomplete } of bacalhau.jobs.handle(jobId).logs({ lines: true })) {
      if (text !== String(next) || incomplete) throw new Error(`Line ${next} is ${text}.`);
      next += 1;
    }
    expect(next).toBe(lines + 1);
  }, 240_000);
});
