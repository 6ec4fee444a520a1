import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { randomOf } from './faults.js';

/** A request that a hostile server answers. */
export interface HostileRequest {
  readonly method: string;
  /** With the query. */
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
  /** From 1. */
  readonly number: number;
}

export type HostileAnswer = (request: HostileRequest, response: ServerResponse) => void;

/** What becomes of a request for a WebSocket. */
export type HostileUpgrade =
  | { readonly kind: 'refused'; readonly status: number; readonly body?: string }
  /** The connection stays open, without a word. */
  | { readonly kind: 'never answered' };

export interface HostileServer extends AsyncDisposable {
  readonly url: string;
  readonly seen: readonly HostileRequest[];
  /** How often a WebSocket was asked for. */
  upgrades(): number;
}

/** A server that is no orchestrator, or one that is out of its mind: it answers every path as it is told to. */
export async function hostileServer(
  answer: HostileAnswer,
  upgrade: HostileUpgrade = { kind: 'refused', status: 404 },
): Promise<HostileServer> {
  const seen: HostileRequest[] = [];
  const sockets = new Set<Duplex>();
  let upgrades = 0;
  const server = createServer((incoming, response) => {
    const chunks: Buffer[] = [];
    response.on('error', () => undefined);
    incoming.on('error', () => undefined);
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
    incoming.on('end', () => {
      const { method = '', url = '', headers } = incoming;
      const request = { method, url, headers, body: Buffer.concat(chunks).toString(), number: seen.length + 1 };
      seen.push(request);
      answer(request, response);
    });
  });
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  server.on('upgrade', (_incoming: IncomingMessage, socket: Duplex) => {
    upgrades += 1;
    if (!(socket instanceof Socket)) return;
    socket.on('error', () => undefined);
    socket.on('end', () => socket.destroy());
    socket.resume();
    if (upgrade.kind === 'never answered') return;
    const { status, body = '' } = upgrade;
    socket.end(
      `HTTP/1.1 ${status} No\r\ncontent-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`,
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    seen,
    upgrades: () => upgrades,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

const sendJson = (response: ServerResponse, body: unknown, status = 200): void => {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
};

/** A page, as web servers, gateways and hotel networks give. */
export const htmlPage =
  (status: number, headers: Readonly<Record<string, string>> = {}): HostileAnswer =>
  (_request, response) => {
    const page = `<html><head><title>${status}</title></head><body><h1>${status}</h1></body></html>`;
    response.writeHead(status, { 'content-type': 'text/html', ...headers }).end(page);
  };

export const neverAnswers: HostileAnswer = () => undefined;

/** A byte now and then, and no end. */
export const neverEnds: HostileAnswer = (_request, response) => {
  response.writeHead(200, { 'content-type': 'application/json' });
  response.write('{"Items":[');
  const drip = setInterval(() => response.write(' '), 50);
  response.on('close', () => clearInterval(drip));
};

/** Asks for so many seconds of patience, of any call. Default: a day. */
export const asksToWait = (status: 429 | 503, seconds = 86_400): HostileAnswer =>
  htmlPage(status, { 'retry-after': String(seconds) });

/** A list that is packed well: so many megabytes of it, of which every thousand are one on the wire. */
export function gzipBomb(megabytes: number): HostileAnswer {
  const packed = gzipSync(Buffer.concat([Buffer.from('{"Items":["'), Buffer.alloc(megabytes * 2 ** 20, 'x')]));
  return (_request, response) => {
    response
      .writeHead(200, {
        'content-type': 'application/json',
        'content-encoding': 'gzip',
        'content-length': packed.length,
      })
      .end(packed);
  };
}

/** Every list goes on with the same token, and has the same entries or none. */
export const repeatedToken =
  (token: unknown, { empty = false } = {}): HostileAnswer =>
  (request, response) => {
    const right = outlineOf(request);
    const list = empty ? { Items: [], Nodes: [] } : {};
    sendJson(response, 'NextToken' in right ? { ...right, ...list, NextToken: token } : right);
  };

/** Everything that the request says is in the answer, as servers do that explain what they do not understand. */
export const quotesBack =
  (status: number, type: 'application/json' | 'text/html' = 'application/json'): HostileAnswer =>
  ({ method, url, headers, body }, response) => {
    const quoted = `${method} ${url} ${JSON.stringify(headers)} ${body}`;
    const text = type === 'text/html' ? quoted : JSON.stringify({ Status: status, Message: quoted, Hint: quoted });
    response.writeHead(status, { 'content-type': type }).end(text);
  };

/** What an orchestrator would say: about a job that has completed, whichever one is asked for. */
export const rightAnswers: HostileAnswer = (request, response) => sendJson(response, outlineOf(request));

/**
 * Answers of the right outline in which some values have another type, are missing or are of an odd size. What is changed
 * in the n-th answer to a route is a function of the seed and nothing else.
 *
 * @param spared the paths that are answered as they should be
 */
export function randomTypes(seed: number, { spared = /\/agent\/version$/ } = {}): HostileAnswer {
  const numbers = new Map<string, number>();
  return (request, response) => {
    const [path = ''] = request.url.split('?');
    const right = outlineOf(request);
    if (spared.test(path)) return sendJson(response, right);
    const route = `${request.method} ${path}`;
    const number = (numbers.get(route) ?? 0) + 1;
    numbers.set(route, number);
    sendJson(response, spoilt(right, randomOf(`${seed} ${route} ${number}`)));
  };
}

/** Another value in up to three places, anywhere from the whole down to a leaf. */
function spoilt(right: object, random: () => number): unknown {
  let body: unknown = right;
  const times = 1 + Math.floor(random() * 3);
  for (let time = 0; time < times; time += 1) {
    const places = [...placesOf(body)];
    const place = places[Math.floor(random() * places.length)] ?? [];
    body = replaced(body, place, random() < 0.25 ? undefined : (ODD[Math.floor(random() * ODD.length)] ?? null));
  }
  return body ?? null;
}

const deep = (depth: number): unknown => {
  let value: unknown = 'bottom';
  for (let level = 0; level < depth; level += 1) value = level % 2 === 0 ? [value] : { in: value };
  return value;
};

const ODD: readonly unknown[] = [
  ...[null, true, 0, -1, 1.5, 1e308, '', 'text', '9', '-1', 'null', '\u0000', '../../escaped', '%', '\ud800'],
  ...[
    {},
    [],
    [null],
    [1, 'two'],
    ['text', 'text'],
    { ID: {} },
    [[]],
    [{}],
    { length: 3 },
    { toString: 1 },
    [{ ID: 1 }],
  ],
  ...[
    'x'.repeat(300_000),
    deep(1_000),
    ...['{"__proto__":{"polluted":true}}', '{"then":1}'].map((text) => JSON.parse(text)),
  ],
];

type Place = readonly (string | number)[];

/** Every place in the value, the value itself first. */
function* placesOf(value: unknown, here: Place = []): Generator<Place> {
  yield here;
  // What was made deep is one place.
  if (typeof value !== 'object' || value === null || here.length > 8) return;
  for (const [key, part] of Object.entries(value)) {
    yield* placesOf(part, [...here, Array.isArray(value) ? Number(key) : key]);
  }
}

function replaced(value: unknown, [key, ...rest]: Place, by: unknown): unknown {
  if (key === undefined) return by;
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([name, part]) => [
    name,
    name === String(key) ? replaced(part, rest, by) : part,
  ]);
  return Array.isArray(value) ? entries.map(([, part]) => part) : Object.fromEntries(entries);
}

const EXECUTION_ID = 'e-22222222-2222-4222-8222-222222222222';
const NODE_ID = 'n-33333333-3333-4333-8333-333333333333';
const JOB_ID = 'j-11111111-1111-4111-8111-111111111111';
/** A moment in nanoseconds, as servers tell it. */
const MOMENT = 1_760_000_000_000_000_000;

const jobOf = (id: string) => ({
  ...{ ID: id.startsWith('j-') ? id : JOB_ID, Name: id, Namespace: 'default', Type: 'batch', Priority: 0, Count: 1 },
  ...{ Constraints: [], Meta: { note: 'text' }, Labels: { env: 'test' }, Version: 1, Revision: 3 },
  Tasks: [
    {
      ...{
        Name: 'main',
        Engine: { Type: 'docker', Params: { Image: 'ubuntu' } },
        Publisher: { Type: 'local', Params: {} },
      },
      ...{ Env: {}, Meta: {}, InputSources: [], ResultPaths: [], Resources: { CPU: '1', Memory: '1GB' } },
      ...{ Network: { Type: 'None' }, Timeouts: { TotalTimeout: 1800 } },
    },
  ],
  State: { StateType: 'Completed', Message: '' },
  ...{ CreateTime: MOMENT, ModifyTime: MOMENT },
});

const executionOf = (id: string) => ({
  ...{ ID: EXECUTION_ID, NodeID: NODE_ID, JobID: jobOf(id).ID, JobVersion: 1, Namespace: 'default', EvalID: 'v-1' },
  ...{ Name: 'x', PartitionIndex: 0, Revision: 5, CreateTime: MOMENT, ModifyTime: MOMENT },
  ...{ ComputeState: { StateType: 9, Message: '', Details: null }, DesiredState: { StateType: 2, Message: '' } },
  PublishedResult: { Type: 'urlDownload', Params: { URL: 'http://127.0.0.1:9/results.tar.gz' } },
  RunOutput: {
    ...{ Stdout: 'hello\n', StdoutTruncated: false, stderr: '', StderrTruncated: false, exitCode: 0, runnerError: '' },
  },
});

const NODE = {
  Info: {
    ...{ NodeID: NODE_ID, NodeType: 'Compute', Labels: { env: 'test' }, SupportedProtocols: ['ncl/v1'] },
    BacalhauVersion: { Major: '1', Minor: '9', GitVersion: 'v1.9.3', GitCommit: 'x', GOOS: 'linux', GOARCH: 'amd64' },
    ComputeNodeInfo: {
      ...{ ExecutionEngines: ['docker', 'wasm'], Publishers: ['local', 'noop'], StorageSources: ['inline'] },
      ...{ MaxCapacity: { CPU: 2, Memory: 2 ** 32, Disk: 2 ** 32, GPU: 0 }, RunningExecutions: 0 },
    },
  },
  ...{ Membership: 'APPROVED', ConnectionState: { Status: 'CONNECTED' } },
};

const EVENT = (id: string) => ({
  ...{ Type: 'ExecutionLevel', JobID: jobOf(id).ID, JobVersion: 1, ExecutionID: EXECUTION_ID, SeqNum: 1 },
  ...{ Event: { Message: 'Completed', Topic: 'Execution', Timestamp: '2025-10-09T08:53:20Z', Details: {} } },
  ...{ Time: '2025-10-09T08:53:20Z', ExecutionState: { StateType: 9, Message: '' } },
});

/** A right answer to the request. */
export function outlineOf({
  method,
  url,
  headers: { host = '127.0.0.1:9' },
}: Pick<HostileRequest, 'method' | 'url' | 'headers'>): object {
  const { pathname, searchParams } = new URL(url, 'http://localhost');
  const [, rest = ''] = /^\/api\/v1\/(.*)$/.exec(pathname) ?? [];
  const [, id = '', part] = /^orchestrator\/jobs\/([^/]+)(?:\/(\w+))?$/.exec(decodeURIComponent(rest)) ?? [];
  const page = (items: readonly object[]) => ({ NextToken: '', Items: items });
  const evaluation = { EvaluationID: 'v-1', Warnings: [] };
  if (rest === 'agent/version') return { Major: '1', Minor: '9', GitVersion: 'v1.9.3' };
  if (rest === 'agent/alive') return { Status: 'OK' };
  if (rest === 'agent/node') return NODE.Info;
  if (rest === 'agent/authconfig') {
    const at = (path: string): string => `http://${host}/${path}`;
    const endpoints = { TokenEndpoint: at('token'), DeviceAuthorizationEndpoint: at('device'), Issuer: at('') };
    return {
      Version: '1.0.0',
      Config: { ProviderID: 'x', ProviderName: 'X', DeviceClientID: 'y', Scopes: [], ...endpoints },
    };
  }
  if (rest.startsWith('agent/')) return { config: { NameProvider: 'puuid', API: { Port: 1234 } } };
  if (rest === 'auth') return { NextToken: '', Methods: {} };
  if (rest === 'orchestrator/nodes') return { NextToken: '', Nodes: [NODE] };
  if (rest.startsWith('orchestrator/nodes/')) return method === 'PUT' ? { Success: true, Error: '' } : { Node: NODE };
  if (rest === 'orchestrator/jobs') {
    return method === 'PUT' ? { JobID: JOB_ID, ...evaluation } : page([jobOf(JOB_ID), jobOf('j-2')]);
  }
  if (id === 'diff') return { Diff: '+ something', Warnings: [] };
  if (part === 'rerun') return { JobID: jobOf(id).ID, JobVersion: 2, ...evaluation };
  if (part === 'executions') return page([executionOf(id)]);
  if (part === 'history') return page([EVENT(id)]);
  if (part === 'versions') return page([jobOf(id)]);
  if (part === 'results') return page([executionOf(id).PublishedResult]);
  if (method === 'DELETE') return evaluation;
  const include = searchParams.get('include') ?? '';
  return {
    Job: jobOf(id),
    Executions: include.includes('executions') ? page([executionOf(id)]) : null,
    History: include.includes('history') ? page([EVENT(id)]) : null,
  };
}
