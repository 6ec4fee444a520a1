import type { Job } from 'bacalhau-sdk';
import { useBacalhau } from './connection.ts';
import { ofNanoseconds } from './format.ts';
import { useLive } from './live.ts';
import { Ago, Id, Loading, Notice, State } from './ui.tsx';

const SHOWN = 50;

/** Shows the newest jobs, updated as they change. */
export function JobsList({
  selected,
  alone,
}: {
  readonly selected: string | undefined;
  /** Whether the list is the main content of the page. */
  readonly alone: boolean;
}) {
  const bacalhau = useBacalhau();
  const { value: jobs, error } = useLive(
    async (signal) =>
      (await bacalhau.jobs.list({ namespace: '*', orderBy: 'created_at', reverse: true, limit: SHOWN, signal })).items,
    2_000,
    // The selected job may have just been submitted.
    [bacalhau, selected],
  );
  return (
    <section class="list" aria-busy={jobs === undefined && error === undefined}>
      <div class="list-head">
        {alone ? <h1 tabIndex={-1}>Jobs</h1> : <h2>Jobs</h2>}
        {jobs !== undefined && <span class="muted">{jobs.length < SHOWN ? jobs.length : `the newest ${SHOWN}`}</span>}
      </div>
      {error && (
        <Notice tone="bad" title="The jobs cannot be loaded">
          {error.message}
        </Notice>
      )}
      {jobs === undefined && !error && <Loading rows={6} label="Loading jobs" />}
      {jobs?.length === 0 && (
        <Notice title="No jobs yet">
          <a href="#/new">Submit the first job.</a>
        </Notice>
      )}
      {jobs !== undefined && jobs.length > 0 && (
        <ul>
          {jobs.map((job) => (
            <Row key={job.ID} job={job} selected={job.ID === selected} />
          ))}
        </ul>
      )}
    </section>
  );
}

function Row({ job, selected }: { readonly job: Job; readonly selected: boolean }) {
  const { ID = '', Name = '', Type, State: state, CreateTime } = job;
  return (
    <li>
      <a href={`#/jobs/${encodeURIComponent(ID)}`} aria-current={selected ? 'true' : undefined}>
        <span class="name" title={Name}>
          {Name === '' || Name === ID ? ID : Name}
        </span>
        <State of={state?.StateType} />
        <span class="about muted">
          <Id of={ID} /> · {Type}
        </span>
        <span class="when muted">{CreateTime !== undefined && <Ago time={ofNanoseconds(CreateTime)} />}</span>
      </a>
    </li>
  );
}
