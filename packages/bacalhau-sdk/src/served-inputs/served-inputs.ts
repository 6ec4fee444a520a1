import { type Execution, ExecutionStateType, type Job } from 'bacalhau-apiclient';
import { getJob, listExecutions } from '../calls/index.js';
import { NotFoundError } from '../errors/index.js';
import type { ApiResource, CallOptions } from '../http/index.js';
import { hasEnded, isAtLeast, phaseOf, type ServerRelease } from '../model/index.js';
import { type JobInput, serversOf } from '../spec/index.js';
import { loadUploads } from '../uploads/index.js';
import { later, onAbort, pauseMs } from '../util/index.js';

/** The pauses between two polls of a job whose input this process serves, in milliseconds. */
const PAUSES = { shortestMs: 1_000, longestMs: 15_000 } as const;

/** Closes what serves the inputs of a job once the job has ended, or the client is closed. Keeps no process alive. */
export function closeServersAfter(job: JobInput, { id, namespace }: JobId, api: ApiResource): void {
  const deadline = api.transport.startDeadline('jobs.get', undefined, undefined);
  const since = performance.now();
  const end = (): void => {
    removeListener();
    deadline.release();
    for (const server of serversOf(job)) server.close();
  };
  const removeListener = onAbort(deadline.signal, end);
  const poll = async (): Promise<void> => {
    if (deadline.reason !== undefined) return;
    const isOver = await getJob(api, id, { namespace, signal: deadline.signal }).then(
      ({ Job: found }) => hasEnded(found),
      (error: unknown) => error instanceof NotFoundError,
    );
    if (deadline.reason !== undefined) return;
    if (isOver) end();
    else next();
  };
  const next = (): void => later(pauseMs(performance.now() - since, PAUSES), () => void poll());
  next();
}

interface JobId {
  readonly id: string;
  readonly namespace: string;
}

/**
 * Returns whether a job waits for a file that another process has served and that is gone, where the job that was to be
 * submitted has a server of its own.
 */
export async function hasLostItsData(
  api: ApiResource,
  wanted: JobInput,
  found: Job,
  options: CallOptions,
): Promise<boolean> {
  const own = new Set(serversOf(wanted).map(({ url }) => url));
  if (own.size === 0 || hasEnded(found) || found.ID === undefined) return false;
  const urls = found.Tasks.flatMap(({ InputSources }) => InputSources ?? [])
    .filter(({ Source }) => Source.Type?.toLowerCase() === 'urldownload')
    .map(({ Source }) => String(Source.Params?.['URL']));
  const foreign = urls.filter((url) => URL.canParse(url) && SERVED_PATH.test(new URL(url).pathname));
  if (foreign.length === 0 || foreign.some((url) => own.has(url))) return false;
  const { isServed } = await loadUploads();
  const answers = await Promise.all(foreign.map((url) => isServed(api.transport, url, options.signal)));
  if (answers.every((isThere) => isThere)) return false;
  const release = await api.transport.serverRelease(options);
  const { items } = await listExecutions(api, found.ID, { ...options, namespace: found.Namespace });
  return !items.some((execution) => hasItsInputs(execution, found, release));
}

/** What `serve` makes the paths of. */
const SERVED_PATH = /^\/[0-9a-f]{64}\/[^/]+$/;

/** Whether an execution has got as far as running its program; where that cannot be told, whether it is at a node. */
function hasItsInputs(execution: Execution, { Type }: Job, release: ServerRelease | undefined): boolean {
  const reportsStart = isAtLeast(release, '1.8.0') && (Type === 'batch' || Type === 'service');
  if (!reportsStart) return phaseOf(execution, release) === 'running';
  const state = execution.ComputeState?.StateType;
  return state === ExecutionStateType.Running || state === ExecutionStateType.Publishing;
}
