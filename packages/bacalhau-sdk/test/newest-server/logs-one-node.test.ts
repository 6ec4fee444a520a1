import { startDevnet } from 'bacalhau-devnet';
import { startConformanceProxy } from 'bacalhau-openapi';
import { Bacalhau } from '../../src/client/bacalhau.js';
import { followLogs } from '../../src/logs/logs.js';
import { keyDirectory } from '../support/key-directory.js';
import { readLogs, shellJob, testTransport } from '../support/logs.js';
import { describeWith } from '../support/requirements.js';

/** Lines are numbered by one process, so their order says whether any was lost, doubled or moved. */
const numbered = (count: number): string[] => Array.from({ length: count }, (_, index) => `line ${index + 1}`);

describeWith(['docker'], 'two readers of logs on the same node', () => {
  let url: string;
  let bacalhau: Bacalhau;
  let stop: () => Promise<void>;
  const dir = keyDirectory();
  const newTransport = testTransport(() => url);

  beforeAll(async () => {
    const devnet = await startDevnet({ server: 'pinned', computeNodes: 1 });
    const proxy = await startConformanceProxy({ target: devnet.url });
    url = proxy.url;
    bacalhau = new Bacalhau({ baseUrl: url, env: {}, dir });
    stop = async () => {
      const violations = proxy.violations();
      await bacalhau.close();
      await proxy.stop();
      await devnet.stop();
      expect(violations).toEqual([]);
    };
  }, 120_000);
  afterAll(() => stop(), 60_000);

  const submit = async (command: string): Promise<string> => (await bacalhau.jobs.put(shellJob(command))).JobID;

  test('each get every line of their job once, in order', async () => {
    const long = await submit(
      'b=0; while [ $b -lt 100 ]; do s=$((b*100+1)); seq $s $((s+99)) | sed "s/^/line /"; b=$((b+1)); sleep 0.1; done',
    );
    const other = await submit('i=0; while [ $i -lt 100 ]; do i=$((i+1)); echo "line $i"; sleep 0.15; done');
    const [first, second] = await Promise.all(
      [long, other].map(async (jobId) => {
        const entries = await readLogs(newTransport(), jobId, { follow: true, lines: true });
        return entries.map(({ text }) => text);
      }),
    );
    expect(first).toEqual(numbered(10_000));
    expect(second).toEqual(numbered(100));
  }, 180_000);

  test('do not wait for each other when one of them pauses for half a minute', async () => {
    const loud = await submit(
      'seq 1 60000 | sed "s/^/line /"; i=60000; while [ $i -lt 60040 ]; do i=$((i+1)); echo "line $i"; sleep 1; done',
    );
    const quiet = await submit('i=0; while [ $i -lt 50 ]; do i=$((i+1)); echo "line $i"; sleep 0.2; done');
    let paused = true;
    const texts: string[] = [];
    const pausing = (async () => {
      for await (const { text } of followLogs(
        newTransport(),
        { jobId: loud, namespace: undefined },
        { follow: true, lines: true },
      )) {
        texts.push(text);
        if (texts.length === 1) {
          await new Promise((resolve) => setTimeout(resolve, 30_000));
          paused = false;
        }
      }
    })();
    const lines = (await readLogs(newTransport(), quiet, { follow: true, lines: true })).map(({ text }) => text);
    expect(lines).toEqual(numbered(50));
    expect(paused).toBe(true);
    await pausing;
    expect(texts).toEqual(numbered(60_040));
  }, 240_000);
});
