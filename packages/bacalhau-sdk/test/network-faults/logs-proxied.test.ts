import { BacalhauError } from '../../src/errors/base.js';
import { connect } from '../../src/http/connect.js';
import type { LogLimits } from '../../src/logs/limits.js';
import { followLogs } from '../../src/logs/logs.js';
import type { LogEntry } from '../../src/logs/options.js';
import { type FaultProxy, faultProxy } from '../support/fault-proxy.js';
import { byRoute, type FaultKind, type FaultPlan, scheduled, seeded, seeds } from '../support/faults.js';
import { keyDirectory } from '../support/key-directory.js';
import { JOB_ID, logFaultServer } from '../support/log-fault-server.js';
import { shellJob, textOf } from '../support/logs.js';
import { networkClient, networkUrl } from '../support/network.js';
import { describeWith } from '../support/requirements.js';
import { within } from '../support/within.js';

const STREAM = 'GET orchestrator/jobs/*/logs';
const KINDS: readonly FaultKind[] = [
  ...(['lost request', 'lost answer', 'reset', 'truncated', 'slow', 'refused', 'silent', 'stalled'] as const),
];
const LINES = Array.from({ length: 300 }, (_, index) => `line ${index + 1}\n`);

/** The default limits, twenty times shorter or more. */
const SHORT: Partial<LogLimits> = {
  // Most streams break here, also after the end of an execution: that must not end the reading.
  maxFailuresAfterEnd: 12,
  ...{
    reconnectMs: 100,
    reconnectJitterMs: 20,
    firstRetryMs: 5,
    longestRetryMs: 200,
    nudgeMs: 200,
    secondHelperMs: 90,
  },
  ...{
    longestNudgeMs: 400,
    probeMs: 300,
    longestProbeMs: 600,
    endGraceMs: 100,
    silenceTimeoutMs: 500,
    neverDroppedMs: 1_000,
    superviseMs: 5,
  },
  ...{ openTimeoutMs: 300, shortestPollMs: 10, longestPollMs: 50, unreachableAfterMs: 5_000 },
};

const dir = keyDirectory();
const direct = networkClient();

async function read(
  proxy: FaultProxy,
  jobId: string,
  { limits = SHORT, entries = [] }: { limits?: Partial<LogLimits>; entries?: LogEntry[] } = {},
): Promise<readonly LogEntry[]> {
  const transport = connect({ baseUrl: proxy.url, env: {}, dir, logLevel: 'off', timeoutMs: 2_000 });
  const reading = async (): Promise<void> => {
    const target = { jobId, namespace: undefined };
    for await (const entry of followLogs(transport, target, { follow: true }, limits)) entries.push(entry);
  };
  try {
    await within(60_000, 'the log', reading());
  } finally {
    transport.close();
  }
  return entries;
}

/** Starts a node that sends its whole log for each request, and ends the job after the first follow. */
const healthy = () =>
  logFaultServer(({ query, send, socket }, server) => {
    send(LINES);
    if (query.get('follow') === 'true') {
      setTimeout(() => {
        server.executionState = 9;
        server.jobState = 'Completed';
        socket.close(1000);
      }, 50);
    } else {
      socket.close(1000);
    }
  });

test.each<[string, FaultPlan]>([
  ['reset within a frame', scheduled(STREAM, { kind: 'reset', after: 0.5 }, { kind: 'reset', after: 0.76 })],
  ['that never opens', scheduled(STREAM, { kind: 'silent', arrives: false }, { kind: 'silent', arrives: true })],
  ['that goes dead within a frame', scheduled(STREAM, { kind: 'stalled', after: 0.33 })],
  [
    'that goes dead within what was read before',
    scheduled(STREAM, { kind: 'truncated', after: 0.4 }, { kind: 'stalled', after: 0.2 }),
  ],
  ['that is closed early', scheduled(STREAM, { kind: 'truncated', after: 0.4 })],
  ['in tiny pieces', scheduled(STREAM, { kind: 'slow', pieces: 2_000 })],
])(
  'a stream %s loses nothing and repeats nothing',
  async (_name, plan) => {
    await using server = await healthy();
    await using proxy = await faultProxy(server.url, plan);
    expect(textOf(await read(proxy, JOB_ID))).toBe(LINES.join(''));
    expect(proxy.dealt.some(({ fault }) => fault.kind !== 'none')).toBe(true);
  },
  90_000,
);

test.each(seeds(1, 2, 3, 4))(
  'a log is read completely, or the error says why not, under random faults (seed %d)',
  async (seed) => {
    await using server = await healthy();
    await using proxy = await faultProxy(server.url, seeded(seed, { share: 0.4, kinds: KINDS }));
    const entries: LogEntry[] = [];
    const failure = await read(proxy, JOB_ID, { entries }).then(
      () => undefined,
      (error: unknown) => error,
    );
    if (failure === undefined) expect(textOf(entries)).toBe(LINES.join(''));
    else expect(failure).toBeInstanceOf(BacalhauError);
    expect(LINES.join('').startsWith(textOf(entries))).toBe(true);
  },
  90_000,
);

describeWith(['docker'], 'with Docker', () => {
  test.each(seeds(1, 2))(
    'a real log is followed to its end over breaking streams (seed %d)',
    async (seed) => {
      const streams = seeded(seed, { share: 0.7, kinds: KINDS });
      await using proxy = await faultProxy(networkUrl(), byRoute({ [STREAM]: streams }));
      const { JobID } = await direct.jobs.put(
        shellJob('for i in $(seq 300); do echo line $i; done; sleep 3; echo end'),
      );
      // A real node drops streams that reconnect more often.
      const pauses = { reconnectMs: 1_000, nudgeMs: 3_000, secondHelperMs: 2_000, silenceTimeoutMs: 20_000 };
      const limits = { ...SHORT, ...pauses };
      const entries = await read(proxy, JobID, { limits });
      expect(textOf(entries)).toBe(`${LINES.join('')}end\n`);
      expect(proxy.dealt.some(({ fault }) => fault.kind !== 'none')).toBe(true);
    },
    120_000,
  );
});
