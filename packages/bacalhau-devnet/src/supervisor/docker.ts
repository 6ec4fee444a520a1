import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { codeOf, messageOf } from '../errors.js';
import { callHttp, type HttpAnswer, type HttpCall, type HttpTarget } from '../http.js';
import { parseJson } from '../json.js';

const EXECUTOR_LABEL = 'bacalhau-executor';
const DEFAULT_HOST = 'unix:///var/run/docker.sock';
const CALL_TIMEOUT_MS = 20_000;
const MAX_PASSES = 5;

/** Returns the value that a compute node puts into the label `bacalhau-executor` of its containers and networks. */
export function executorLabel(nodeId: string): string {
  return `bacalhau-${nodeId}`;
}

/**
 * Removes the containers and networks that compute nodes created for their jobs. Call it once the nodes have ended, or
 * they create new ones.
 *
 * It uses Docker's HTTP API and finds the engine as the server does, by the DOCKER_* environment: the command `docker`
 * may be missing, and its context may select another engine. Without an engine there is nothing to remove.
 *
 * @returns descriptions of what could not be removed; empty if everything was.
 */
export async function removeJobContainers(
  executors: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<string[]> {
  if (executors.length === 0) return [];
  try {
    const target = await dockerTarget(env);
    if (target === undefined || !(await answers(target))) return [];
    const problems: string[] = [];
    for (const executor of executors) problems.push(...(await removeForExecutor(target, executor)));
    return problems;
  } catch (error) {
    return [`containers of Docker jobs may remain: ${messageOf(error)}`];
  }
}

async function removeForExecutor(target: HttpTarget, executor: string): Promise<string[]> {
  const filters = encodeURIComponent(JSON.stringify({ label: [`${EXECUTOR_LABEL}=${executor}`] }));
  let problems: string[] = [];
  // Until none is found: a container may appear late if a node was killed while creating it.
  for (let pass = 0; pass < MAX_PASSES; pass++) {
    const containers = await listIds(target, `/containers/json?all=true&filters=${filters}`);
    const containerProblems = await removeAll(target, containers, (id) => `/containers/${id}?force=true&v=true`);
    // After the containers, which use the networks.
    const networks = await listIds(target, `/networks?filters=${filters}`);
    const networkProblems = await removeAll(target, networks, (id) => `/networks/${id}`);
    problems = [...containerProblems, ...networkProblems];
    if (containers.length === 0 && networks.length === 0) break;
  }
  return problems;
}

async function removeAll(target: HttpTarget, ids: readonly string[], path: (id: string) => string): Promise<string[]> {
  const answers = await Promise.all(ids.map((id) => call(target, { method: 'DELETE', path: path(id) })));
  // 404 and 409 (removal in progress): another process removed it, such as the node at its end.
  return answers
    .filter(({ status }) => status >= 300 && status !== 404 && status !== 409)
    .map(({ status, body }) => `Docker refused a removal with ${status}: ${body.trim()}`);
}

async function listIds(target: HttpTarget, path: string): Promise<string[]> {
  const { status, body } = await call(target, { path });
  if (status !== 200) throw new Error(`Docker answered ${status} to ${path}: ${body.trim()}`);
  const found = parseJson(body);
  if (!Array.isArray(found)) throw new Error(`Docker's answer to ${path} is not a list`);
  return found.flatMap((item: unknown) =>
    typeof item === 'object' && item !== null && 'Id' in item && typeof item.Id === 'string' ? [item.Id] : [],
  );
}

/** Whether there is an engine; false if nothing listens there or this user may not use it. */
async function answers(target: HttpTarget): Promise<boolean> {
  try {
    return (await call(target, { path: '/_ping' })).status === 200;
  } catch (error) {
    if (['ENOENT', 'ECONNREFUSED', 'EACCES', 'ENOTFOUND', 'ENOTDIR'].includes(codeOf(error) ?? '')) return false;
    throw error;
  }
}

function call(target: HttpTarget, request: Omit<HttpCall, 'timeoutMs'>): Promise<HttpAnswer> {
  return callHttp(target, { ...request, timeoutMs: CALL_TIMEOUT_MS });
}

/** Reads the environment as Docker's own client library does; undefined for a kind that the server can't use either. */
async function dockerTarget(env: Readonly<Record<string, string>>): Promise<HttpTarget | undefined> {
  const host = env['DOCKER_HOST'] || DEFAULT_HOST;
  if (host.startsWith('unix://')) return { socketPath: host.slice('unix://'.length) };
  if (!/^(tcp|https?):\/\//.test(host)) return undefined;
  const url = new URL(host.replace(/^tcp:/, 'http:'));
  const certPath = env['DOCKER_CERT_PATH'];
  const tls = certPath
    ? {
        verify: Boolean(env['DOCKER_TLS_VERIFY']),
        ca: await readFile(join(certPath, 'ca.pem'), 'utf8'),
        cert: await readFile(join(certPath, 'cert.pem'), 'utf8'),
        key: await readFile(join(certPath, 'key.pem'), 'utf8'),
      }
    : undefined;
  return {
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: Number(url.port || (tls ? 2376 : 2375)),
    ...(tls === undefined ? {} : { tls }),
  };
}
