import { setTimeout as delay } from 'node:timers/promises';
import { DevnetError, messageOf } from './errors.js';
import { callHttp, type HttpAnswer, type HttpTarget } from './http.js';
import { isJsonObject, type JsonObject, parseJson, valueAt } from './json.js';
import { readLog, readTail } from './log-files.js';
import { type NetworkPlan, type NodePlan, nodesOf } from './plan.js';

const ALIVE_PATH = '/api/v1/agent/alive';
const NODES_PATH = '/api/v1/orchestrator/nodes?limit=10000';
const CALL_TIMEOUT_MS = 2_000;
const FIRST_PAUSE_MS = 10;
const LONGEST_PAUSE_MS = 200;

/** Polls until `check` reports that it is ready. Rejects at once when the signal is aborted. */
export async function waitUntil(
  check: () => Promise<Readiness>,
  options: { readonly signal: AbortSignal; readonly onPending: (missing: string) => void },
): Promise<void> {
  const { signal } = options;
  for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(pause * 1.3, LONGEST_PAUSE_MS)) {
    const readiness = await raceAbort(check(), signal);
    if (readiness === 'ready') return;
    options.onPending(readiness.missing);
    await delay(pause, undefined, { signal });
  }
}

function raceAbort<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(signal.reason);
    if (signal.aborted) onAbort();
    signal.addEventListener('abort', onAbort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
  });
}

/** The result of a check: ready, or a description of what is missing. */
export type Readiness = 'ready' | { readonly missing: string };

/**
 * Checks whether the orchestrator's API answers. Compute nodes that start earlier wait ten seconds before they retry.
 *
 * @throws DevnetError `START_FAILED` if the server runs but reports that it cannot serve
 */
export async function orchestratorAnswers(plan: NetworkPlan): Promise<Readiness> {
  try {
    // Any answer will do: an access policy may refuse this request.
    await callApi(plan, ALIVE_PATH);
    return 'ready';
  } catch (error) {
    const { name, logFile } = plan.first;
    // With an unusable certificate the process keeps running with its port open, and never answers.
    if ((await readLog(logFile)).includes("Api server can't run")) {
      const tail = await readTail(logFile);
      throw new DevnetError('START_FAILED', 'The orchestrator cannot serve its API', {
        logs: [{ name, path: logFile, tail }],
      });
    }
    return { missing: `no answer from the orchestrator's API: ${messageOf(error)}` };
  }
}

/** Nodes that have to reconnect: what is known of their connections predates a restart. */
export interface Reconnection {
  /** The names of these nodes. */
  readonly names: ReadonlySet<string>;
  /** Which node was started again. */
  readonly restarted: string;
  /** When the restart began, in milliseconds since 1970. */
  readonly since: number;
  /** How long the orchestrator's log was then, in characters. */
  readonly logLength: number;
}

/**
 * Checks whether all compute nodes are connected and approved, by the orchestrator's list of nodes. Where that list is
 * not accessible (users whose secret is unknown, a sign-in provider, an access policy), the orchestrator's log shows each
 * node that connected.
 *
 * @throws DevnetError `INVALID_OPTIONS` if neither can be read
 */
export async function nodesConnected(plan: NetworkPlan, reconnection?: Reconnection): Promise<Readiness> {
  const { authorization, logsConnections } = plan.api;
  let answer: HttpAnswer;
  try {
    answer = await callApi(plan, NODES_PATH, authorization);
  } catch (error) {
    return { missing: `the list of nodes cannot be read: ${messageOf(error)}` };
  }
  let connected: (node: NodePlan) => boolean;
  if (answer.status === 200) {
    const list = parseJson(answer.body);
    // Servers under load answer with nothing now and then.
    if (!isJsonObject(list)) return { missing: 'the list of nodes was answered with something else' };
    connected = connectedInList(plan, list, reconnection);
  } else if (logsConnections) {
    connected = await connectedInLog(plan, reconnection);
  } else if (answer.status === 401 || answer.status === 403) {
    throw new DevnetError(
      'INVALID_OPTIONS',
      `The orchestrator refused its list of nodes (${answer.status}), and its log level hides when they connect. ` +
        'Configure a user with an API key or a plain password and the capability read:node, or set Logging.Level to info.',
    );
  } else {
    return { missing: `the list of nodes was answered with ${answer.status}` };
  }
  const missing = nodesOf(plan).filter((node) => node.role === 'compute' && !connected(node));
  if (missing.length === 0) return 'ready';
  return { missing: `compute nodes not connected yet: ${missing.map(({ name }) => name).join(', ')}` };
}

/**
 * Does the same for 1.4, which does not say since when a node is connected: a restarted orchestrator knows none until
 * they report; of a restarted compute node it has the last state, so that the node's own API has to answer.
 */
export async function nodesReported(plan: NetworkPlan, reconnection?: Reconnection): Promise<Readiness> {
  const restarted = nodesOf(plan).find(({ name, role }) => name === reconnection?.restarted && role === 'compute');
  if (restarted !== undefined) {
    try {
      await callHttp(
        { host: plan.api.host, port: restarted.apiPort },
        { path: ALIVE_PATH, timeoutMs: CALL_TIMEOUT_MS },
      );
    } catch (error) {
      return { missing: `no answer from the API of ${restarted.name}: ${messageOf(error)}` };
    }
  }
  return nodesConnected(plan);
}

function connectedInList(
  plan: NetworkPlan,
  list: JsonObject,
  reconnection: Reconnection | undefined,
): (node: NodePlan) => boolean {
  const nodes = valueAt(list, 'Nodes');
  const byId = new Map<string, JsonObject>();
  for (const node of Array.isArray(nodes) ? nodes.filter(isJsonObject) : []) {
    byId.set(String(valueAt(node, 'Info', 'NodeID')), node);
  }
  return ({ name, id = '' }) => {
    const node = byId.get(id);
    if (node === undefined || valueAt(node, 'Connection') !== 'CONNECTED') return false;
    // Approval by hand happens after the start.
    if (!plan.api.approvedByHand && valueAt(node, 'Membership') !== 'APPROVED') return false;
    if (!reconnection?.names.has(name)) return true;
    return Date.parse(String(valueAt(node, 'ConnectionState', 'ConnectedSince'))) >= reconnection.since;
  };
}

async function connectedInLog(
  plan: NetworkPlan,
  reconnection: Reconnection | undefined,
): Promise<(node: NodePlan) => boolean> {
  const log = await readLog(plan.first.logFile);
  return ({ name, id }) => {
    const since = reconnection?.names.has(name) ? reconnection.logLength : 0;
    return log.includes(`handshake successful with node ${id}`, since);
  };
}

function callApi({ api }: NetworkPlan, path: string, authorization?: string): Promise<HttpAnswer> {
  const target: HttpTarget = {
    host: api.host,
    port: api.port,
    // A child process on this machine, often with a self-signed certificate.
    ...(api.tls ? { tls: { verify: false } } : {}),
  };
  return callHttp(target, {
    path,
    timeoutMs: CALL_TIMEOUT_MS,
    headers: authorization === undefined ? {} : { Authorization: authorization },
  });
}
