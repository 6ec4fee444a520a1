import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';

/** One request for the log, to be answered as the test says. */
export interface LogRequest {
  /** From 1. */
  readonly number: number;
  readonly socket: WebSocket;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingMessage['headers'];
  /** Sends the lines from the first or from `from` on, up to `to`, as stdout. */
  send(lines: readonly string[], to?: number): void;
}

/** What becomes of an upgrade, other than a WebSocket. */
export type Refusal =
  | { readonly status: number; readonly body: string; readonly headers?: Readonly<Record<string, string>> }
  | 'closed at once'
  | 'never answered'
  | 'no end of the body';

export interface LogFaultServer extends AsyncDisposable {
  readonly url: string;
  readonly requests: readonly LogRequest[];
  /** As the orchestrator would say it: 5 is running, 9 completed. */
  executionState: number;
  /** 0 is pending, 1 running, 2 stopped; undefined is left out. */
  desiredState: number | undefined;
  /** The release that the server reports. */
  version: string;
  engine: 'docker' | 'wasm';
  jobState: string;
  /** How many executions there are, each on its own node. */
  executions: number;
  /** Whether the next answer about the job is about another one. */
  mixesUp: boolean;
  /** The paths of all requests but those for logs. */
  readonly asked: readonly string[];
  /** Answers the upgrade with an ordinary response instead. */
  refuse: Refusal | undefined;
  /** How many upgrades were refused. */
  refused: number;
  /** The copy of the output in the execution's state. */
  runOutput: { readonly Stdout: string; readonly stderr: string } | undefined;
  /** Where the result is. */
  resultUrl: string | undefined;
  nodeStatus: 'CONNECTED' | 'DISCONNECTED';
  /** How many sockets are open. */
  open(): number;
}

export const JOB_ID = 'j-11111111-1111-4111-8111-111111111111';
export const OTHER_JOB_ID = 'j-33333333-3333-4333-8333-333333333333';
export const EXECUTION_ID = 'e-22222222-2222-4222-8222-222222222222';

/** An orchestrator with one Docker job, whose log stream has the faults of real ones when the test wants them. */
export async function logFaultServer(
  answer: (request: LogRequest, server: LogFaultServer) => void,
): Promise<LogFaultServer> {
  const requests: LogRequest[] = [];
  const asked: string[] = [];
  const sockets = new WebSocketServer({ noServer: true });
  const http = createServer((request, response) => {
    const path = new URL(request.url ?? '', 'http://localhost').pathname;
    asked.push(path);
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(rest(path, faults)));
  });
  const raw = new Set<Duplex>();
  http.on('connection', (socket) => raw.add(socket));
  http.on('upgrade', (request: IncomingMessage, tcp, head) => {
    if (faults.refuse !== undefined) {
      faults.refused += 1;
      refuse(tcp, faults.refuse);
      return;
    }
    sockets.handleUpgrade(request, tcp, head, (socket) => {
      const { pathname: path, searchParams: query } = new URL(request.url ?? '', 'http://localhost');
      const send = (lines: readonly string[], to = lines.length): void => {
        for (const Line of lines.slice(0, to)) socket.send(`${JSON.stringify({ value: { Type: 1, Line } })}\n`);
      };
      const { headers } = request;
      const one: LogRequest = { number: requests.length + 1, socket, path, query, headers, send };
      requests.push(one);
      answer(one, faults);
    });
  });
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  const { port } = http.address() as AddressInfo;
  const faults: LogFaultServer = {
    url: `http://127.0.0.1:${port}`,
    requests,
    executionState: 5,
    desiredState: undefined,
    version: 'v1.9.3',
    engine: 'docker',
    jobState: 'Running',
    executions: 1,
    mixesUp: false,
    asked,
    refuse: undefined,
    refused: 0,
    runOutput: undefined,
    resultUrl: undefined,
    nodeStatus: 'CONNECTED',
    open: () => sockets.clients.size,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets.clients) socket.terminate();
      for (const socket of raw) socket.destroy();
      http.closeAllConnections();
      await new Promise((resolve) => http.close(resolve));
    },
  };
  return faults;
}

function refuse(tcp: Duplex, refusal: Refusal): void {
  tcp.on('error', () => undefined);
  if (refusal === 'closed at once') return void tcp.destroy();
  if (refusal === 'never answered') return;
  if (refusal === 'no end of the body') return void tcp.write('HTTP/1.1 200 No\r\ncontent-length: 1000\r\n\r\n<html>');
  const { status, body, headers = { 'content-type': 'application/json' } } = refusal;
  const all = { ...headers, 'content-length': String(Buffer.byteLength(body)) };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  tcp.end(`HTTP/1.1 ${status} No\r\n${lines.join('')}\r\n${body}`);
}

function rest(path: string, faults: LogFaultServer): unknown {
  const { executionState, desiredState, version, engine, jobState, executions, mixesUp, runOutput: RunOutput } = faults;
  const { resultUrl } = faults;
  const PublishedResult = resultUrl === undefined ? undefined : { Type: 'urlDownload', Params: { URL: resultUrl } };
  if (path.endsWith('/agent/version')) return { Major: '1', Minor: version.split('.')[1], GitVersion: version };
  if (path.endsWith('/executions')) {
    const ComputeState = { StateType: executionState };
    const DesiredState = desiredState === undefined ? undefined : { StateType: desiredState };
    const ids = Array.from({ length: executions }, (_, index) => (index === 0 ? EXECUTION_ID : `e-${index}`));
    const states = { ComputeState, DesiredState, RunOutput, PublishedResult };
    const Items = ids.map((ID) => ({ ID, NodeID: `n-${ID}`, JobID: JOB_ID, CreateTime: 1, ...states }));
    return { NextToken: '', Items };
  }
  if (path.endsWith('/results'))
    return { NextToken: '', Items: PublishedResult === undefined ? [] : [PublishedResult] };
  if (path.includes('/orchestrator/nodes/')) {
    return { Node: { Info: { NodeID: path.split('/').at(-1) }, ConnectionState: { Status: faults.nodeStatus } } };
  }
  const Tasks = [{ Name: 'main', Engine: { Type: engine, Params: {} } }];
  faults.mixesUp = false;
  const which = mixesUp ? { ID: OTHER_JOB_ID, Name: 'other' } : { ID: JOB_ID, Name: 'faulty' };
  return { Job: { ...which, Type: 'batch', Tasks, State: { StateType: jobState }, Version: 1 } };
}
