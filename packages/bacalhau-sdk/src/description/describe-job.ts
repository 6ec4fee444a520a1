import { type Execution, type GetJobResponse, type Job, type JobHistory, JobInclude } from 'bacalhau-apiclient';
import { getJob } from '../calls/index.js';
import { unreadInput } from '../failures/index.js';
import type { ApiResource, CallOptions } from '../http/index.js';
import { exitCodeOf, hasEnded, isWasm, phaseOf, type ServerRelease } from '../model/index.js';
import type { Secrets } from '../redaction/index.js';
import { typedResults } from '../results/index.js';
import type { JobIdentity } from '../spec/index.js';
import { defined } from '../util/index.js';
import { checkOwnJob } from '../waiting/index.js';
import { textOf } from './text.js';
import type { ExecutionDescription, JobDescription } from './types.js';

/** What a description is made with. */
interface DescriptionContext {
  readonly release: ServerRelease | undefined;
  readonly secrets: Secrets;
  /** In milliseconds since 1970: what has not ended lasts until then. */
  readonly now: number;
}

/** Describes a job as the server has it now. */
export async function describeJob(
  api: ApiResource,
  { id, identity }: { readonly id: string; readonly identity: JobIdentity | undefined },
  options: CallOptions,
): Promise<JobDescription> {
  const { transport } = api;
  const remaining = transport.shareTimeout(options);
  const include = [JobInclude.Executions, JobInclude.History];
  const answer = await getJob(api, id, { ...remaining(), include });
  checkOwnJob(answer.Job, id, identity);
  const { signal, timeoutMs } = remaining();
  const release = await transport.serverRelease(defined({ signal, timeoutMs }));
  const secrets = transport.requests.secretsOf(options.headers);
  return descriptionOf(answer, { release, secrets, now: Date.now() });
}

/** Describes a job by what the server tells of it, its executions and its history. */
export function descriptionOf(
  { Job: job, Executions, History }: GetJobResponse,
  { release, secrets, now }: DescriptionContext,
): JobDescription {
  const history = History?.Items ?? [];
  const historyOf = byExecution(history);
  const executions = [...(Executions?.Items ?? [])]
    .sort((one, other) => one.CreateTime - other.CreateTime)
    .map((execution) => describeExecution(execution, { job, own: historyOf.get(execution.ID) ?? [], release, now }));
  const starts = executions.flatMap(({ createdAt, queuedMs, runningMs }) =>
    createdAt !== undefined && queuedMs !== undefined && runningMs !== undefined ? createdAt.getTime() + queuedMs : [],
  );
  const isKnown = starts.length > 0 || executions.every(({ queuedMs }) => queuedMs !== undefined);
  const { ID: id = '', Name: name, Namespace: namespace, Type: type, Count } = job;
  const data = {
    ...{ id, name, namespace, type },
    count: type === 'ops' || type === 'daemon' || typeof Count !== 'number' ? undefined : Count,
    state: job.State?.StateType,
    reason: stopReason(history) ?? nonEmpty(job.State?.Message),
    createdAt: dateOf(job.CreateTime),
    ...timesOf({
      from: submittedAt(job, history),
      start: starts.length > 0 ? starts.reduce((one, other) => Math.min(one, other)) : undefined,
      end: hasEnded(job) ? millisecondsOf(job.ModifyTime) : now,
      isKnown,
    }),
    executions,
  };
  return new Description(data, secrets);
}

class Description implements JobDescription {
  declare readonly id: string;
  declare readonly name: string | undefined;
  declare readonly namespace: string | undefined;
  declare readonly type: string | undefined;
  declare readonly count: number | undefined;
  declare readonly state: string | undefined;
  declare readonly reason: string | undefined;
  declare readonly createdAt: Date | undefined;
  declare readonly queuedMs: number | undefined;
  declare readonly runningMs: number | undefined;
  declare readonly executions: readonly ExecutionDescription[];
  readonly #text: string;

  constructor(data: Omit<JobDescription, 'toString'>, secrets: Secrets) {
    Object.assign(this, data);
    this.#text = textOf(data, secrets);
  }

  toString(): string {
    return this.#text;
  }
}

interface ExecutionContext extends Omit<DescriptionContext, 'secrets'> {
  readonly job: Job;
  /** The history of the execution. */
  readonly own: readonly JobHistory[];
}

/** A job may have very many of both. */
function byExecution(history: readonly JobHistory[]): ReadonlyMap<string | undefined, readonly JobHistory[]> {
  const groups = new Map<string | undefined, JobHistory[]>();
  for (const event of history) {
    const group = groups.get(event.ExecutionID);
    if (group === undefined) groups.set(event.ExecutionID, [event]);
    else group.push(event);
  }
  return groups;
}

function describeExecution(execution: Execution, { job, own, release, now }: ExecutionContext): ExecutionDescription {
  const { ID: id, NodeID: nodeId, CreateTime, ModifyTime, RunOutput, PublishedResult } = execution;
  const state = phaseOf(execution, release);
  const isActive = state === 'placing' || state === 'running';
  const start = own.find((event) => isStart(event, release));
  const neverRan = state === 'placing' || state === 'rejected';
  return {
    ...{ id, nodeId, state },
    createdAt: dateOf(CreateTime),
    ...timesOf({
      from: millisecondsOf(CreateTime),
      start: neverRan ? undefined : timeOf(start),
      end: isActive ? now : millisecondsOf(ModifyTime),
      isKnown: neverRan || start !== undefined,
    }),
    exitCode: exitCodeOfPhase(execution, state, job),
    reason: isActive || state === 'completed' ? undefined : reasonOf(execution, own, job),
    stdout: RunOutput?.Stdout ?? '',
    stderr: RunOutput?.stderr ?? '',
    result: PublishedResult?.Type ? typedResults([PublishedResult], [execution])[0] : undefined,
  };
}

/** Of what failed or was cancelled, only codes from 1 up are certain to be a program's: 0 is written for none, too. */
function exitCodeOfPhase({ RunOutput }: Execution, state: ExecutionDescription['state'], job: Job): number | undefined {
  const written = RunOutput?.ExitCode;
  if (state === 'completed') return isWasm(job) ? exitCodeOf(written) : (written ?? 0);
  return written !== undefined && written > 0 ? written : undefined;
}

function reasonOf(
  { NodeID, RunOutput, ComputeState, DesiredState }: Execution,
  own: readonly JobHistory[],
  job: Job,
): string | undefined {
  const reported = own.filter(({ Event }) => Event.Details?.['IsError'] === 'true').at(-1)?.Event.Message;
  const candidates = [RunOutput?.ErrorMsg, reported, ComputeState.Message, DesiredState?.Message];
  const reason = candidates.map(nonEmpty).find(Boolean);
  const unread = reason === undefined ? undefined : unreadInput(job, NodeID, reason);
  return unread === undefined ? reason : `${reason}\n${unread}`;
}

/** Returns whether an event is the start of a program. Before 1.5, histories tell of changed states, later ones in words. */
const isStart = ({ Event, ExecutionState }: JobHistory, release: ServerRelease | undefined): boolean =>
  ExecutionState?.New === undefined
    ? Event.Topic === 'Execution' && Event.Message === 'Running'
    : phaseOf({ ComputeState: { StateType: ExecutionState.New } }, release) === 'running';

/** Before 1.5, the reason of a stop is in the history alone. */
const stopReason = (history: readonly JobHistory[]): string | undefined =>
  nonEmpty(history.filter(({ JobState }) => JobState?.New === 'Stopped').at(-1)?.Event.Details?.['Reason']);

/** Returns when this version of the job was submitted. */
const submittedAt = ({ CreateTime }: Job, history: readonly JobHistory[]): number | undefined =>
  timeOf(history.find(({ Type }) => Type === 'JobLevel')) ?? millisecondsOf(CreateTime);

interface Span {
  readonly from: number | undefined;
  /** When the program started; undefined if it did not, or that is not known. */
  readonly start: number | undefined;
  readonly end: number | undefined;
  /** Whether it is certain that it did not start, if there is no start. */
  readonly isKnown: boolean;
}

function timesOf({ from, start, end, isKnown }: Span): Pick<JobDescription, 'queuedMs' | 'runningMs'> {
  const between = (one: number | undefined, other: number | undefined): number | undefined =>
    one === undefined || other === undefined ? undefined : Math.max(0, Math.round(other - one));
  if (start === undefined) return { queuedMs: isKnown ? between(from, end) : undefined, runningMs: undefined };
  return { queuedMs: between(from, start), runningMs: between(start, end) };
}

/** Servers write nanoseconds, or the text of a time. */
const millisecondsOf = (nanoseconds: number | undefined): number | undefined =>
  typeof nanoseconds === 'number' && nanoseconds > 0 ? nanoseconds / 1e6 : undefined;

function timeOf(event: JobHistory | undefined): number | undefined {
  const time = Date.parse(event?.Time ?? '');
  return Number.isNaN(time) ? undefined : time;
}

function dateOf(nanoseconds: number | undefined): Date | undefined {
  const date = new Date(millisecondsOf(nanoseconds) ?? Number.NaN);
  return Number.isNaN(date.getTime()) ? undefined : date;
}

const nonEmpty = (text: unknown): string | undefined =>
  typeof text === 'string' && text.trim() !== '' ? text.trim() : undefined;
