/**
 * How fast logs are read: by a bare WebSocket that only counts, by the SDK, and by the SDK in lines. Needs Docker:
 *
 *   node scripts/testbed/main.mjs run --only docker -- node benchmarks/logs.ts [LINES]
 */
import { startDevnet } from 'bacalhau-devnet';
import { Bacalhau, docker, type FollowLogsOptions } from 'bacalhau-sdk';
import { WebSocket } from 'ws';

const ROUNDS = 5;
const lines = Number(process.argv[2] ?? 100_000);

const devnet = await startDevnet();
try {
  const bacalhau = new Bacalhau({ baseUrl: devnet.url, dir: devnet.dir });
  const image = process.env['BACALHAU_TEST_BUSYBOX_IMAGE'] ?? 'busybox:latest';
  const job = await bacalhau.jobs.submit(docker({ image, entrypoint: ['seq'], parameters: ['1', String(lines)] }));
  await job.wait();
  const [execution] = (await job.executions()).items;
  if (execution === undefined) throw new Error('The job did not run.');

  const ways: Readonly<Record<string, () => Promise<number>>> = {
    'a bare WebSocket': () => readBare(`${devnet.url}/api/v1/orchestrator/jobs/${job.id}/logs`, execution.ID),
    'job.logs()': () => count({}),
    'job.logs({ lines: true })': () => count({ lines: true }),
  };
  const count = async (options: FollowLogsOptions): Promise<number> => {
    let entries = 0;
    for await (const _entry of job.logs(options)) entries += 1;
    return entries;
  };

  // In turns, so that what else the machine does falls on all alike; the first round only warms up.
  const best = new Map<string, number>();
  for (let round = 0; round <= ROUNDS; round += 1) {
    for (const [name, read] of Object.entries(ways)) {
      const begin = performance.now();
      const entries = await read();
      const perSecond = entries / ((performance.now() - begin) / 1_000);
      if (entries !== lines) throw new Error(`${name} read ${entries} of ${lines} frames.`);
      if (round > 0) best.set(name, Math.max(best.get(name) ?? 0, perSecond));
    }
  }
  const bare = best.get('a bare WebSocket') ?? Number.NaN;
  console.log(`The log of one finished execution, ${lines} frames, best of ${ROUNDS}:`);
  for (const [name, perSecond] of best) {
    console.log(`${name.padEnd(28)}${Math.round(perSecond)} frames/s, ${((100 * perSecond) / bare).toFixed(0)} %`);
  }
  await bacalhau.close();
} finally {
  await devnet.stop();
}

function readBare(url: string, executionId: string): Promise<number> {
  return new Promise((resolve, reject) => {
    let frames = 0;
    const socket = new WebSocket(`${url.replace(/^http/, 'ws')}?execution_id=${executionId}`);
    socket.on('message', () => {
      frames += 1;
    });
    socket.on('close', () => resolve(frames));
    socket.on('error', reject);
  });
}
