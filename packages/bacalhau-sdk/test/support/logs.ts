import { connect } from '../../src/http/connect.js';
import type { Transport } from '../../src/http/transport.js';
import type { PutJobRequest } from '../../src/index.js';
import { followLogs } from '../../src/logs/logs.js';
import type { FollowLogsOptions, LogEntry } from '../../src/logs/options.js';
import { keyDirectory } from './key-directory.js';
import { freshName } from './network.js';

/** A transport that is closed after the tests of the file. Call it outside of tests. */
export function testTransport(baseUrl: () => string): () => Transport {
  const dir = keyDirectory();
  const transports: Transport[] = [];
  afterAll(() => {
    for (const transport of transports) transport.close();
  });
  return () => {
    const transport = connect({ baseUrl: baseUrl(), env: {}, dir });
    transports.push(transport);
    return transport;
  };
}

/** A job that runs a shell command in BusyBox. */
export function shellJob(command: string, count = 1): PutJobRequest {
  const Image = process.env['BACALHAU_TEST_BUSYBOX_IMAGE'] ?? 'busybox:latest';
  const Params = { Image, Entrypoint: ['sh', '-c'], Parameters: [command] };
  // It may wait until the jobs of other tests have left a node.
  const Tasks = [{ Name: 'main', Engine: { Type: 'docker', Params }, Timeouts: { QueueTimeout: 60 } }];
  return { Job: { Name: freshName('logs'), Type: 'batch', Count: count, Tasks } };
}

/** Reads to the end. */
export async function readLogs(
  transport: Transport,
  jobId: string,
  options: FollowLogsOptions = {},
): Promise<readonly LogEntry[]> {
  const entries: LogEntry[] = [];
  for await (const entry of followLogs(transport, { jobId, namespace: undefined }, options)) entries.push(entry);
  return entries;
}

/** What one stream printed, in one piece. */
export const textOf = (entries: readonly LogEntry[], stream: LogEntry['stream'] = 'stdout'): string =>
  entries
    .filter((entry) => entry.stream === stream)
    .map(({ text }) => text)
    .join('');
