import { setTimeout as delay } from 'node:timers/promises';
import { type NetworkPlan, usesTls } from './config.js';
import { nodeReaderAuthorization } from './credentials.js';
import { DevnetError, messageOf } from './errors.js';
import { callHttp, type HttpAnswer, type HttpTarget } from './http.js';
import { isJsonObject, type JsonObject, type JsonValue, valueAt } from './json.js';
import { readLog } from './log-files.js';

const NODES_PATH = '/api/v1/orchestrator/nodes?limit=10000';
const CALL_TIMEOUT_MS = 5_000;
const FIRST_PAUSE_MS = 10;
const LONGEST_PAUSE_MS = 200;

/** Looks again and again until `check` is content; what it returned last tells what was missing. */
export async function waitUntil(
  check: () => Promise<Verdict>,
  options: { readonly signal: AbortSignal; readonly onPending?: (missing: string) => void },
): Promise<void> {
  for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(pause * 1.3, LONGEST_PAUSE_MS)) {
    options.signal.throwIfAborted();
    const verdict = await check();
    if (verdict === 'ready') return;
    options.onPending?.(verdict.missing);
    await delay(pause, undefined, { signal: options.signal });
  }
}

export type Verdict = 'ready' | { readonly missing: string };

/** Whether the orchestrator's API answers. Compute nodes that start before wait ten seconds for their second try. */
export async function orchestratorAnswers(plan: NetworkPlan): Promise<Verdict> {
  try {
    // Any answer will do: an access policy may well refuse this one.
    await callApi(plan, '/api/v1/agent/alive');
    return 'ready';
  } catch (error) {
    return { missing: `no answer from the orchestrator's API: ${messageOf(error)}` };
  }
}

/**
 * Whether all compute nodes are connected and approved, as the orchestrator's list of nodes says. Where that list is
 * closed to us (users of whom we know no secret, a sign-in provider, an access policy), the orchestrator's log tells
 * of each node that was taken in.
 *
 * @throws DevnetError `INVALID_OPTIONS` when neither can be read
 */
export async function nodesConnected(plan: NetworkPlan): Promise<Verdict> {
  const { config, logFile } = plan.orchestrator;
  const ids = plan.computeNodes.map(({ id }) => id);
  let answer: HttpAnswer;
  try {
    answer = await callApi(plan, NODES_PATH, nodeReaderAuthorization(config));
  } catch (error) {
    return { missing: `no list of nodes: ${messageOf(error)}` };
  }
  if (answer.status === 200) {
    const connected = connectedIds(
      answer.body,
      valueAt(config, 'Orchestrator', 'NodeManager', 'ManualApproval') === true,
    );
    return verdictOf(ids.filter((id) => !connected.has(id)));
  }
  if (!['trace', 'debug', 'info'].includes(String(valueAt(config, 'Logging', 'Level')).toLowerCase())) {
    throw new DevnetError(
      'INVALID_OPTIONS',
      `The orchestrator refused its list of nodes (${answer.status}), and its log level hides when they connect. ` +
        'Give the configuration a user with an API key or a plain password and the capability read:node, or set Logging.Level to info.',
    );
  }
  const log = await readLog(logFile);
  return verdictOf(ids.filter((id) => !log.includes(`handshake successful with node ${id}`)));
}

function verdictOf(missing: readonly string[]): Verdict {
  return missing.length === 0 ? 'ready' : { missing: `compute nodes not connected yet: ${missing.join(', ')}` };
}

function connectedIds(body: string, manualApproval: boolean): Set<string> {
  const answer: unknown = JSON.parse(body);
  const nodes: JsonValue | undefined = isJsonObject(answer) ? valueAt(answer, 'Nodes') : undefined;
  if (!Array.isArray(nodes)) return new Set();
  const isConnected = (node: JsonObject) =>
    // With manual approval somebody has to act, after this.
    valueAt(node, 'Connection') === 'CONNECTED' && (manualApproval || valueAt(node, 'Membership') === 'APPROVED');
  return new Set(
    nodes.filter((node: JsonValue) => isJsonObject(node) && isConnected(node)).map((node: JsonValue) => idOf(node)),
  );
}

function idOf(node: JsonValue): string {
  return isJsonObject(node) ? String(valueAt(node, 'Info', 'NodeID')) : '';
}

function callApi(plan: NetworkPlan, path: string, authorization?: string): Promise<HttpAnswer> {
  const { config, apiPort } = plan.orchestrator;
  const target: HttpTarget = {
    host: apiHost(config),
    port: apiPort,
    // Our own child on our own machine, often with a certificate of its own making.
    ...(usesTls(config) ? { tls: { verify: false } } : {}),
  };
  return callHttp(target, {
    path,
    timeoutMs: CALL_TIMEOUT_MS,
    headers: authorization === undefined ? {} : { Authorization: authorization },
  });
}

/** The address at which this machine reaches the API. */
export function apiHost(config: JsonObject): string {
  const host = valueAt(config, 'API', 'Host');
  return typeof host === 'string' && !['', '0.0.0.0', '::', 'localhost'].includes(host) ? host : '127.0.0.1';
}
