import type { Job } from 'bacalhau-sdk';
import { useBacalhau } from './connection.ts';
import { ofNanoseconds } from './format.ts';
import { type Live, useLive } from './live.ts';
import { useExitCodes } from './outcome.ts';
import { Ago, Failure, Id, Loading, Notice, State } from './ui.tsx';

const SHOWN = 50;

/** The newest jobs, the newest first. */
export function useJobs(selected: string | undefined): Live<readonly Job[]> {
  const bacalhau = useBacalhau();
  return useLive(
    async (signal) =>
      (await bacalhau.jobs.list({ namespace: '*', orderBy: 'created_at', reverse: true, limit: SHOWN, signal })).items,
    2_000,
    // The selected job may have just been submitted.
    [bacalhau, selected],
  );
}

/** Shows the newest jobs, updated as they change. */
export function JobsList({
  live: { value: jobs, error, retry },
  selected,
  alone,
}: {
  readonly live: Live<readonly Job[]>;
  readonly selected: string | undefined;
  /** Whether the list is the main content of the page. */
  readonly alone: boolean;
}) {
  const exitCodes = useExitCodes(jobs ?? []);
  return (
    <section class="list" aria-busy={jobs === undefined && error === undefined}>
      <div class="list-head">
        {alone ? <h1 tabIndex={-1}>Jobs</h1> : <h2>Jobs</h2>}
        {jobs !== undefined && <span class="muted">{jobs.length < SHOWN ? jobs.length : `the newest ${SHOWN}`}</span>}
      </div>
      {error && <Failure title="The jobs cannot be loaded" error={error} retry={retry} />}
      {jobs === undefined && !error && <Loading rows={6} label="Loading jobs" />}
      {jobs?.length === 0 && (
        <Notice title="No jobs yet">
          <a href="#/new">Submit the first job.</a>
        </Notice>
      )}
      {jobs !== undefined && jobs.length > 0 && (
        <ul>
          {jobs.map((job) => (
            <Row key={job.ID} job={job} exitCode={exitCodes.get(job.ID ?? '')} selected={job.ID === selected} />
          ))}
        </ul>
      )}
    </section>
  );
}

function Row({
  job,
  exitCode,
  selected,
}: {
  readonly job: Job;
  readonly exitCode: number | undefined;
  readonly selected: boolean;
}) {
  const { ID = '', Name = '', Type, State: state, CreateTime } = job;
  return (
    <li>
      <a href={`#/jobs/${encodeURIComponent(ID)}`} aria-current={selected ? 'true' : undefined}>
        <span class="name" title={Name}>
          {Name === '' || Name === ID ? ID : Name}
        </span>
        <State of={state?.StateType} exitCode={exitCode} />
        <span class="about muted">
          <Id of={ID} /> · {Type}
        </span>
        <span class="when muted">{CreateTime !== undefined && <Ago time={ofNanoseconds(CreateTime)} />}</span>
      </a>
    </li>
  );
}
