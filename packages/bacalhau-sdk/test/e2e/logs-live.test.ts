import { Bacalhau } from '../../src/client/bacalhau.js';
import { followLogs } from '../../src/logs/logs.js';
import type { LogEntry } from '../../src/logs/options.js';
import { keyDirectory } from '../support/key-directory.js';
import { readLogs, shellJob, testTransport, textOf } from '../support/logs.js';
import { ownServer } from '../support/own-server.js';
import { describeWith, testWhere } from '../support/requirements.js';

describeWith(['docker'], 'the log of a Docker job', () => {
  // Streams that other tests leave behind keep their place on a node for a while.
  const server = ownServer(() => ({ computeNodes: 2 }));
  const newTransport = testTransport(() => server.url);
  const dir = keyDirectory();
  let jobs: Bacalhau['jobs'];
  beforeAll(() => {
    ({ jobs } = new Bacalhau({ baseUrl: server.url, env: {}, dir }));
  });

  async function submit(command: string, type = 'batch'): Promise<string> {
    const { Job } = shellJob(command);
    return (await jobs.put({ Job: { ...Job, Type: type } })).JobID;
  }

  test('can be followed when it ends at once', async () => {
    for (let count = 0; count < 3; count += 1) {
      const jobId = await submit('echo hi; printf last');
      const entries = await readLogs(newTransport(), jobId, { follow: true });
      expect(textOf(entries)).toBe('hi\nlast');
      expect(entries.filter(({ incomplete }) => incomplete)).toEqual([]);
    }
  }, 90_000);

  describeWith(['docker-logs'], 'that runs', () => {
    test('is read while it is printed', async () => {
      const jobId = await submit('for i in $(seq 10); do echo "$i $(date +%s)"; sleep 0.5; done');
      const target = { jobId, namespace: undefined };
      const lines: string[] = [];
      let firstReadAt = 0;
      for await (const { text, incomplete } of followLogs(newTransport(), target, { follow: true, lines: true })) {
        firstReadAt ||= Date.now();
        expect(incomplete).toBeUndefined();
        lines.push(text);
      }
      expect(lines.map((line) => line.split(' ')[0])).toEqual(Array.from({ length: 10 }, (_, index) => `${index + 1}`));
      const tenthPrintedAt = Number(lines.at(-1)?.split(' ')[1]) * 1_000;
      expect(firstReadAt).toBeLessThan(tenthPrintedAt);
    }, 60_000);

    test('of a service is read until it is stopped', async () => {
      const jobId = await submit('echo begun; sleep 600', 'service');
      const target = { jobId, namespace: undefined };
      const entries: LogEntry[] = [];
      for await (const entry of followLogs(newTransport(), target, { follow: true })) {
        if (entries.length === 0) await jobs.stop(jobId);
        entries.push(entry);
      }
      expect(textOf(entries.slice(0, 1))).toBe('begun\n');
      expect(textOf(entries)).toBe('begun\n');
    }, 150_000);
  });

  testWhere(
    ['docker-logs', 'once it has ended'],
    'says that it is not read while the job runs',
    async () => {
      const jobId = await submit('echo out; sleep 2');
      const isRunning = async (): Promise<boolean> => {
        const { Job, Executions } = await jobs.get(jobId, { include: ['executions'] });
        const isRun = Executions?.Items.some(({ ComputeState }) => ComputeState.StateType === 5);
        return Job.State?.StateType === 'Running' && isRun === true;
      };
      while (!(await isRunning()));
      const mark = { text: '', incomplete: true, incompleteReason: expect.stringContaining('servers before 1.5') };
      expect(await readLogs(newTransport(), jobId)).toMatchObject([mark]);
      expect(await readLogs(newTransport(), jobId, { follow: true })).toMatchObject([{ text: 'out\n' }]);
    },
    60_000,
  );
});
