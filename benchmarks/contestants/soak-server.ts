/**
 * A server that answers at once, for `soak.ts`: a real one would take longer for a day's requests than anybody waits. It
 * has no clock. Jobs go on by being looked at; what is to become of one is the first character of its id:
 *
 * - `0` runs for ever; its log gets a line with every tenth look, and every fifty lines its stream is closed as if over
 * - `1` completes at its fourth look
 */
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type WebSocket, WebSocketServer } from 'ws';
import { answer as answerQuestions } from '../lib/contestant.ts';

const LOOKS_A_LINE = 10;
const LINES_A_STREAM = 50;
const LOOKS_TO_THE_END = 4;
const LINES_AT_THE_BEGINNING = 20;

/** For how long a list shows a job that has ended. */
const SHOWN_MS = 500;

export interface SoakStatistics {
  readonly url: string;
  /** Requests until now, by kind. */
  readonly requests: Readonly<Record<string, number>>;
  /** Connections that are open now. */
  readonly connections: number;
}

interface Known {
  readonly id: string;
  readonly since: number;
  looks: number;
  lines: number;
  readonly followers: Set<WebSocket>;
}

const jobs = new Map<string, Known>();
const requests: Record<string, number> = {};
let connections = 0;

const hasEnded = ({ id, looks }: Known): boolean => id.startsWith('j-1') && looks >= LOOKS_TO_THE_END;

function find(id: string): Known {
  const known = jobs.get(id) ?? {
    id,
    since: Date.now(),
    looks: 0,
    lines: LINES_AT_THE_BEGINNING,
    followers: new Set(),
  };
  jobs.set(id, known);
  return known;
}

function look(job: Known): Known {
  job.looks += 1;
  if (hasEnded(job)) {
    for (const socket of job.followers) socket.close(1000);
  } else if (job.looks % LOOKS_A_LINE === 0) {
    job.lines += 1;
    for (const socket of job.followers) socket.send(frame(job.lines));
    if (job.lines % LINES_A_STREAM === 0) for (const socket of job.followers) socket.close(1000);
  }
  if (hasEnded(job)) setTimeout(() => jobs.delete(job.id), 10 * SHOWN_MS);
  return job;
}

const frame = (line: number): string => `${JSON.stringify({ value: { Type: 1, Line: `line ${line}\n` } })}\n`;

const jobOf = (job: Known): object => ({
  ...{ ID: job.id, Name: job.id, Namespace: 'default', Type: 'batch', Count: 1, Version: 1, Revision: 1 },
  Tasks: [{ Name: 'main', Engine: { Type: 'docker', Params: { Image: 'ubuntu' } } }],
  State: { StateType: hasEnded(job) ? 'Completed' : 'Running' },
  ...{ CreateTime: job.since * 1e6, ModifyTime: job.since * 1e6 },
});

const executionOf = (job: Known): object => ({
  ...{ ID: job.id.replace('j-', 'e-'), NodeID: `n-${job.id}`, JobID: job.id, JobVersion: 1, CreateTime: 1 },
  ComputeState: { StateType: hasEnded(job) ? 9 : 5 },
});

function answer(path: string): object {
  if (path.endsWith('/agent/version')) return { Major: '1', Minor: '9', GitVersion: 'v1.9.3' };
  const [, id, rest] = /\/orchestrator\/jobs\/([^/]+)(?:\/(\w+))?$/.exec(path) ?? [];
  if (id === undefined) {
    const shown = [...jobs.values()].filter((job) => !hasEnded(job) || Date.now() - job.since < SHOWN_MS);
    return { NextToken: '', Items: shown.map((job) => jobOf(look(job))) };
  }
  const job = look(find(id));
  const Executions = { NextToken: '', Items: [executionOf(job)] };
  return rest === 'executions' ? Executions : { Job: jobOf(job), Executions };
}

const count = (kind: string): void => {
  requests[kind] = (requests[kind] ?? 0) + 1;
};

const server = createServer((request, response) => {
  const { pathname } = new URL(request.url ?? '', 'http://localhost');
  count(
    /executions$/.test(pathname)
      ? 'executions'
      : /jobs\/[^/]+$/.test(pathname)
        ? 'get'
        : /jobs$/.test(pathname)
          ? 'list'
          : 'other',
  );
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer(pathname)));
});
server.on('connection', (socket) => {
  connections += 1;
  socket.on('close', () => {
    connections -= 1;
  });
});

const sockets = new WebSocketServer({ noServer: true });
server.on('upgrade', (request: IncomingMessage, tcp, head) => {
  count('log streams');
  const { pathname, searchParams } = new URL(request.url ?? '', 'http://localhost');
  sockets.handleUpgrade(request, tcp, head, (socket) => {
    const job = find(/\/jobs\/([^/]+)\/logs$/.exec(pathname)?.[1] ?? '');
    for (let line = 1; line <= job.lines; line += 1) socket.send(frame(line));
    if (searchParams.get('follow') !== 'true' || hasEnded(job)) return socket.close(1000);
    job.followers.add(socket);
    socket.on('close', () => job.followers.delete(socket));
  });
});

await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
await answerQuestions<'statistics', SoakStatistics>(async () => ({ url, requests, connections }));
process.exit();
