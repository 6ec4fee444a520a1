import type { Job, JobHandle, JobHistory } from 'bacalhau-sdk';
import { useMemo, useState } from 'preact/hooks';
import { useBacalhau } from './connection.ts';
import { ofNanoseconds, seconds } from './format.ts';
import { useHistory, useJob } from './live.ts';
import { LogPanel } from './log-panel.tsx';
import { decisiveOf, useOutcome } from './outcome.ts';
import { ResultsPanel } from './results-panel.tsx';
import { Ago, CopyId, Failure, Loading, Notice, State } from './ui.tsx';

/** Shows one job: its state, log, results and history, updated as they change. */
export function JobPage({ jobId }: { readonly jobId: string }) {
  const bacalhau = useBacalhau();
  const handle = useMemo(() => bacalhau.jobs.handle(jobId), [bacalhau, jobId]);
  const { value: job, error, ended, retry } = useJob(handle);
  const outcome = useOutcome(handle, ended);
  const exitCodes = ended ? outcome.value?.exitCodes : undefined;

  return (
    <article class="job">
      <a class="back" href="#/jobs">
        ← All jobs
      </a>
      <div class="job-head">
        <h1 tabIndex={-1} title={job?.Name}>
          {job?.Name || jobId}
        </h1>
        <span role="status">
          {job !== undefined && <State of={job.State?.StateType} exitCode={decisiveOf(exitCodes ?? [])} />}
        </span>
        {job !== undefined && !ended && <StopButton handle={handle} />}
      </div>
      {error && <Failure title="The job cannot be followed" error={error} retry={retry} />}
      {job === undefined && !error && <Loading rows={5} label="Loading the job" />}
      {job !== undefined && (
        <>
          <Facts job={job} ended={ended} exitCodes={exitCodes} />
          {outcome.error && <Failure title="What came of the job is unknown" {...outcome} error={outcome.error} />}
          <Conclusion job={job} cause={outcome.value?.cause} />
          <LogPanel handle={handle} engine={engineOf(job)} state={job.State?.StateType} />
          <ResultsPanel handle={handle} job={job} ended={ended} />
          <HistoryPanel handle={handle} />
          <details class="panel">
            <summary>
              <h2>Specification</h2>
            </summary>
            {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard. */}
            <pre class="text" tabIndex={0}>
              {JSON.stringify(job, undefined, 2)}
            </pre>
          </details>
        </>
      )}
    </article>
  );
}

const engineOf = (job: Job): string => job.Tasks[0]?.Engine.Type.trim().toLowerCase() ?? '';

/** Shows why a job ended: first what the node says, then what the scheduler made of it. */
function Conclusion({ job, cause }: { readonly job: Job; readonly cause: string | undefined }) {
  const message = job.State?.Message;
  const failed = job.State?.StateType === 'Failed';
  if (cause === undefined || cause === message) {
    return message ? <Notice tone={failed ? 'bad' : 'plain'}>{message}</Notice> : null;
  }
  return (
    <Notice tone="bad">
      <p class="cause">{cause}</p>
      {message && !cause.includes(message) && <p class="muted">{message}</p>}
    </Notice>
  );
}

function Facts({
  job,
  ended,
  exitCodes,
}: {
  readonly job: Job;
  readonly ended: boolean;
  readonly exitCodes: readonly number[] | undefined;
}) {
  const { ID = '', Type, Namespace, CreateTime, ModifyTime } = job;
  const engine = job.Tasks[0]?.Engine;
  const image = engine?.Params?.['Image'];
  return (
    <dl class="facts">
      <dt>Id</dt>
      <dd>
        <CopyId of={ID} />
      </dd>
      <dt>Runs</dt>
      <dd class="cut" title={String(image ?? '')}>
        {typeof image === 'string' ? image : engine?.Type}
      </dd>
      <dt>Type</dt>
      <dd class="cut">
        {Type}, in namespace {Namespace}
      </dd>
      <dt>Submitted</dt>
      <dd>{CreateTime !== undefined && <Ago time={ofNanoseconds(CreateTime)} />}</dd>
      <dt>Exit code</dt>
      <dd class={exitCodes?.some((code) => code !== 0) ? 'wrong' : ''}>
        {exitCodes === undefined ? '…' : exitCodes.join(', ') || 'none'}
      </dd>
      <dt>Took</dt>
      <dd>
        {ended && CreateTime !== undefined && ModifyTime !== undefined ? seconds((ModifyTime - CreateTime) / 1e6) : '…'}
      </dd>
    </dl>
  );
}

function StopButton({ handle }: { readonly handle: JobHandle }) {
  const [stopping, setStopping] = useState(false);
  const [error, setError] = useState<Error>();
  const stop = async (): Promise<void> => {
    setStopping(true);
    try {
      await handle.stop('Stopped from the web page.');
    } catch (thrown) {
      setError(thrown instanceof Error ? thrown : new Error(String(thrown)));
      setStopping(false);
    }
  };
  return (
    <>
      <button type="button" disabled={stopping} onClick={() => void stop()}>
        {stopping ? 'Stopping…' : 'Stop'}
      </button>
      {error && (
        <Notice tone="bad" title="The job was not stopped">
          {error.message}
        </Notice>
      )}
    </>
  );
}

function HistoryPanel({ handle }: { readonly handle: JobHandle }) {
  const { value: events, error, retry } = useHistory(handle);
  return (
    <section class="panel" aria-label="History">
      <h2>History</h2>
      {error && <Failure error={error} retry={retry} />}
      {events === undefined && !error && <Loading rows={3} label="Loading the history" />}
      <ol class="history">
        {events?.map((event, index) => (
          <Happened key={event.SeqNum ?? index} event={event} />
        ))}
      </ol>
    </section>
  );
}

function Happened({ event: { Time, Type, Event } }: { readonly event: JobHistory }) {
  const time = new Date(Time);
  return (
    <li class="event">
      <time class="muted" dateTime={time.toISOString()}>
        {time.toLocaleTimeString('en', { hour12: false })}
      </time>
      <span>
        {Event.Message}
        <span class="muted"> · {Type === 'JobLevel' ? 'job' : 'execution'}</span>
      </span>
    </li>
  );
}
