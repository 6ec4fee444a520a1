import { type ConformanceChecker, createConformanceChecker, DOCUMENT_FILE, type Violation } from '../checker.ts';
import { loadDocument } from '../document.ts';
import { asPart, asParts } from './description.ts';
import type { Difference } from './difference.ts';

export interface Inspection {
  /** The version that the server reports. */
  readonly version: string;
  readonly differences: readonly Difference[];
  /** The number of responses that were checked. */
  readonly answers: number;
  /** The endpoints that could not be called, with the reason. */
  readonly notAsked: readonly string[];
}

/** Several jobs, because their types and states differ. */
const SAMPLE_JOBS = 10;
const TIMEOUT_MS = 60_000;

interface Answer {
  readonly status: number;
  readonly text: string;
  readonly json: unknown;
}

/** Reads credentials from the variables of the Bacalhau command line. */
function authorization(): Record<string, string> {
  const { BACALHAU_API_KEY: key, BACALHAU_API_USERNAME: user, BACALHAU_API_PASSWORD: password } = process.env;
  if (key) return { authorization: `Bearer ${key}` };
  if (!user || !password) return {};
  return { authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}` };
}

/** Sends every read-only request to a server, and compares its responses with the document. */
export async function inspectServer(url: string): Promise<Inspection> {
  const checker = createConformanceChecker();
  const differences = new Map<string, Difference>();
  const notAsked: string[] = [];
  let answers = 0;

  async function ask(name: string, path: string): Promise<Answer> {
    const response = await fetch(new URL(path, url), {
      headers: authorization(),
      redirect: 'error',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    }).catch((error: Error) => {
      throw new Error(`${url} does not answer: ${error.cause instanceof Error ? error.cause.message : error.message}`);
    });
    const { status } = response;
    const text = await response.text();
    answers += 1;
    let json: unknown;
    try {
      json = JSON.parse(text);
    } catch {
      // The checker reports it where the document requires JSON.
    }
    for (const difference of found(name, status, json, check(checker, path, response, text))) {
      differences.set(`${difference.subject} ${difference.sign} ${difference.what}`, difference);
    }
    return { status, text, json };
  }

  const listed = async (path: string, key: string): Promise<unknown[]> => {
    const items = asPart((await ask(`GET ${path.split('?', 1)[0]}`, path)).json)[key];
    return Array.isArray(items) ? items : Object.keys(asPart(items));
  };
  const version = asPart((await ask('GET /api/v1/agent/version', '/api/v1/agent/version')).json)['GitVersion'];
  const jobs = asParts(
    await listed(`/api/v1/orchestrator/jobs?limit=${SAMPLE_JOBS}&order_by=modified_at&reverse=true`, 'Items'),
  );
  const nodes = asParts(await listed('/api/v1/orchestrator/nodes', 'Nodes'));
  const methods = await listed('/api/v1/auth', 'Methods');
  const samples: Readonly<Record<string, readonly string[]>> = {
    // The last does not exist, for the server's response to that.
    jobId: [...jobs.map((job) => String(job['ID'])), 'j-00000000-0000-4000-8000-000000000000'],
    nodeId: [...nodes.map((node) => String(asPart(node['Info'])['NodeID'])), 'n-00000000-0000-4000-8000-000000000000'],
    method: methods.map(String),
  };

  for (const { method, path, responses } of loadDocument(DOCUMENT_FILE).operations) {
    const name = `${method} ${path}`;
    if (method !== 'GET') {
      notAsked.push(`${name}: it changes something`);
      continue;
    }
    if (responses.has(101)) {
      notAsked.push(`${name}: it is a WebSocket`);
      continue;
    }
    const [, parameter] = /\{([^}]*)\}/.exec(path) ?? [];
    const paths =
      parameter === undefined ? [path] : (samples[parameter] ?? []).map((id) => path.replace(`{${parameter}}`, id));
    const statuses: number[] = [];
    for (const asked of paths) {
      const query = path.endsWith('/jobs/{jobId}') ? '?include=history,executions' : '';
      const { status, json } = await ask(name, asked + query);
      statuses.push(status);
      if (isNoRoute(status, json)) {
        differences.set(name, { subject: name, sign: '-', what: 'endpoint' });
        break;
      }
    }
    if (statuses.every((status) => status === 401 || status === 403) && statuses.length > 0) {
      notAsked.push(`${name}: these credentials do not allow it`);
    } else if (!statuses.some((status) => status === 200)) {
      notAsked.push(`${name}: the server has nothing to ask for, or does not have it`);
    }
  }
  return { version: String(version ?? 'unknown'), differences: [...differences.values()], answers, notAsked };
}

function check(checker: ConformanceChecker, path: string, { status, headers }: Response, body: string): Violation[] {
  return checker.check({ method: 'GET', path, status, headers: Object.fromEntries(headers), body });
}

/** Returns whether a server does not know the path, as opposed to the resource in it. 1.4 sends only a short text. */
function isNoRoute(status: number, body: unknown): boolean {
  const { Component, message } = asPart(body);
  return status === 404 && (Component === 'APIServer' || message === 'Not Found');
}

function found(subject: string, status: number, body: unknown, violations: readonly Violation[]): Difference[] {
  return violations.map(({ pointer, message }): Difference => {
    const names = pointer
      .split('/')
      .slice(1)
      .map((name) => name.replaceAll('~1', '/').replaceAll('~0', '~'));
    const value = names.reduce<unknown>((part, name) => Reflect.get(Object(part), name), body);
    const place = names.reduce(
      (text, name) => text + (/^\d+$/.test(name) ? '[]' : `${text === '' ? '' : '.'}${name}`),
      '',
    );
    const where = [`answer ${status}`, place].filter((part) => part !== '').join(' ');
    const [, missing] = /^must have required property '(.*)'$/.exec(message) ?? [];
    if (missing !== undefined) return { subject, sign: '-', what: `${where}${place === '' ? ' ' : '.'}${missing}` };
    if (message === 'is not in the document') return { subject, sign: '+', what: `${where}: ${typeOf(value)}` };
    const shown = value === body ? '' : `, and is ${JSON.stringify(value)?.slice(0, 80)}`;
    return { subject, sign: '~', what: `${where}: ${message}${shown}` };
  });
}

function typeOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return value.length === 0 ? 'array' : `array of ${typeOf(value[0])}`;
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number';
  return typeof value;
}
