import { readFileSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { type ConformanceChecker, createConformanceChecker, type Violation } from 'bacalhau-openapi';
import { WebSocketServer } from 'ws';
import { tarGzOf } from '../support/archives.js';

/**
 * The versions whose answers were recorded, each with a job that printed `hello from wasm`: those that the Go module proxy no
 * longer serves, so that no test can run them. 1.4.0, 1.6.0 and 1.9.3 are run live (test/e2e).
 */
export const VERSIONS = ['v1.5.2', 'v1.7.0'] as const;
export type Version = (typeof VERSIONS)[number];

/** A request to a real server, and its answer. */
export interface Recording {
  readonly request: {
    readonly method: string;
    /** The path with its query. */
    readonly path: string;
    readonly headers?: Readonly<Record<string, string>>;
    readonly body?: unknown;
  };
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
}

export type Recordings = Readonly<Record<string, Recording>>;

export const recordingsOf = (version: Version): Recordings =>
  JSON.parse(readFileSync(join(__dirname, 'recorded', `${version}.json`), 'utf8'));

export function recorded(recordings: Recordings, name: string): Recording {
  const found = recordings[name];
  if (found === undefined) throw new Error(`There is no recording ${name}`);
  return found;
}

export interface ReplayServer extends AsyncDisposable {
  readonly url: string;
  /** The method and path of each request. */
  readonly seen: readonly string[];
  /** The bodies of submissions. */
  readonly submitted: readonly unknown[];
  /** Requests that were not recorded. A test that causes them tests nothing. */
  readonly unknown: readonly string[];
  /** How the exchanges violate the document. */
  readonly violations: readonly Violation[];
}

interface Request {
  readonly method: string;
  readonly url: URL;
  readonly headers: IncomingHttpHeaders;
  readonly body: unknown;
}

/** Returns the ids of the jobs, by the name of the recording of their submission. */
export function jobIds(recordings: Recordings): Record<'completed' | 'failed' | 'queued', string> {
  const id = (name: string): string => {
    const { body } = recorded(recordings, name);
    return String(Reflect.get(Object(body), 'JobID'));
  };
  return { completed: id('put'), failed: id('put-bad-engine'), queued: id('put-queued') };
}

/** Answers that were not recorded, but constructed from the source of the version. */
export interface Constructed {
  /** Answers by method and path. */
  readonly answers?: Readonly<Record<string, Pick<Recording, 'status' | 'body'>>>;
  /** The version that the server reports, if it is not the recorded one. */
  readonly version?: string;
}

/**
 * Answers as a server of that version did. What was recorded is answered with the recording; the queued job is stopped
 * once it has been asked to.
 */
export async function replay(version: Version, constructed: Constructed = {}): Promise<ReplayServer> {
  const recordings = recordingsOf(version);
  const checker = createConformanceChecker();
  const seen: string[] = [];
  const unknown: string[] = [];
  const submitted: unknown[] = [];
  const violations: Violation[] = [];
  const ids = jobIds(recordings);
  let isStopped = false;

  function find({ method, url, headers, body }: Request): Recording | undefined {
    const { pathname } = url;
    const made = constructed.answers?.[`${method} ${pathname}`];
    if (made !== undefined) return { ...recorded(recordings, 'agent-alive'), ...made };
    const isQueued = pathname.endsWith(`/jobs/${ids.queued}`) && method === 'GET';
    if (isQueued) return recorded(recordings, isStopped ? 'get-stopped' : 'get-queued');
    if (method === 'PUT' && pathname.endsWith('/jobs')) return submission(recordings, body, submitted.length);
    const labels = url.searchParams.getAll('labels');
    if (method === 'GET' && pathname.endsWith('/jobs') && labels.length > 0 && !labels.includes('env=rec')) {
      // Constructed: no job that was recorded has other labels.
      return { ...recorded(recordings, 'list'), body: { NextToken: '', Items: [] } };
    }
    // The recorded request with the most parameters and headers, all of which this request has, too.
    const [found] = Object.values(recordings)
      .filter(({ request }) => request.method === method && hasAll(headers, request.headers))
      .map((recording) => ({ recording, asked: new URL(recording.request.path, url) }))
      .filter(({ asked }) => asked.pathname === pathname && isPartOf(asked.searchParams, url.searchParams))
      .sort((a, b) => weight(b) - weight(a));
    // Constructed from the answer to another unknown job: a name that nobody uses yet.
    const isName = method === 'GET' && /\/jobs\/rec-[a-z]+$/.test(pathname);
    return found?.recording ?? (isName ? unknownJob(recordings, pathname.split('/').at(-1) ?? '') : undefined);
  }

  const sockets = new WebSocketServer({ noServer: true });
  const server = createServer((incoming, response) => {
    void bodyOf(incoming).then(async (text) => {
      const { method = '', url: path = '' } = incoming;
      const base = `http://${incoming.headers.host}`;
      const url = new URL(path, base);
      seen.push(`${method} ${url.pathname}`);
      if (url.pathname.endsWith('.tar.gz')) {
        // Constructed: the archive on the node's file server, because archives were not recorded.
        response.writeHead(200, { 'content-type': 'application/gzip' }).end(await ARCHIVE);
        return;
      }
      const request = { method, url, headers: incoming.headers, body: text === '' ? undefined : JSON.parse(text) };
      const found = find(request);
      if (method === 'PUT') submitted.push(request.body);
      if (found === undefined) {
        unknown.push(`${method} ${path}`);
        response.writeHead(599).end();
        return;
      }
      if (found === recordings['stop-queued']) isStopped = true;
      const says = constructed.version ?? version;
      const body = placed(marked(found.body, submitted), base).replaceAll(`"${version}"`, `"${says}"`);
      violations.push(...check(checker, { ...found, request: { method, path } }, text, body));
      response.writeHead(found.status, { ...found.headers, 'X-Bacalhau-Git-Version': says }).end(body);
    });
  });
  server.on('upgrade', (request: IncomingMessage, tcp, head) => {
    seen.push(`LOG ${new URL(request.url ?? '', 'http://host').pathname}`);
    sockets.handleUpgrade(request, tcp, head, (socket) => {
      // Constructed from the source of these versions: for an ended execution they send the copy in its state.
      socket.send(JSON.stringify({ value: { Type: 1, Line: 'hello from wasm\n' } }));
      socket.close(1000);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    seen,
    submitted,
    unknown,
    violations,
    async [Symbol.asyncDispose]() {
      sockets.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Checks an exchange against the document. */
export function check(
  checker: ConformanceChecker,
  { request: { method, path }, status, headers }: Recording,
  requestBody: string,
  body: string,
): Violation[] {
  const lowerCase = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
  return checker.check({ method, path, requestBody, status, headers: lowerCase, body });
}

/** The answer to a request of an unknown job, with another id. */
function unknownJob(recordings: Recordings, id: string): Recording {
  const recording = recorded(recordings, 'get-unknown');
  const body: unknown = JSON.parse(JSON.stringify(recording.body).replaceAll(/j-0{8}[0-9-]+/g, id));
  return { ...recording, body };
}

/** Constructed: the job's `Meta` has what the submission had in it, as servers keep it. */
function marked(body: unknown, submitted: readonly unknown[]): unknown {
  const job = Reflect.get(Object(body), 'Job');
  const [last] = submitted
    .map((request): Record<string, object> => Reflect.get(Object(request), 'Job'))
    .filter((sent) => sent['Name'] === job?.Name)
    .reverse();
  if (last === undefined) return body;
  return { ...Object(body), Job: { ...job, Meta: { ...last['Meta'], ...job.Meta } } };
}

/** Finds the recording of a submission by the job's name; the second of a name has its own recording. */
function submission(recordings: Recordings, body: unknown, before: number): Recording | undefined {
  const nameOf = (request: unknown): unknown => Reflect.get(Object(Reflect.get(Object(request), 'Job')), 'Name');
  if (nameOf(body) === 'rec-ok') return recorded(recordings, before === 0 ? 'put' : 'put-same-name');
  return Object.values(recordings).find(
    ({ request }) => request.method === 'PUT' && nameOf(request.body) === nameOf(body),
  );
}

const hasAll = (headers: IncomingHttpHeaders, wanted: Recording['request']['headers'] = {}): boolean =>
  Object.entries(wanted).every(([name, value]) => headers[name.toLowerCase()] === value);

/** Returns how specific a recorded request is. */
const weight = ({ recording, asked }: { recording: Recording; asked: URL }): number =>
  asked.searchParams.size + 10 * Object.keys(recording.request.headers ?? {}).length;

const isPartOf = (some: URLSearchParams, all: URLSearchParams): boolean =>
  [...some].every(([name, value]) => all.getAll(name).includes(value));

/** Returns the body as text, with the URLs of results on this server. */
const placed = (body: unknown, base: string): string =>
  JSON.stringify(body).replaceAll(/http:\/\/127\.0\.0\.1:170\d\d\/(?=e-)/g, `${base}/`);

const ARCHIVE = tarGzOf([
  { name: 'stdout', content: 'hello from wasm\n' },
  { name: 'stderr' },
  { name: 'exitCode', content: '-1' },
]);

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}
