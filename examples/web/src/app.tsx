import { Bacalhau } from 'bacalhau-sdk';
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { ConnectionProvider, chosenServer, useBacalhau } from './connection.ts';
import { JobPage } from './job-page.tsx';
import { JobsList, useJobs } from './jobs-list.tsx';
import { useLive } from './live.ts';
import { NewJob } from './new-job.tsx';
import { NodesPage } from './nodes-page.tsx';
import { Notice } from './ui.tsx';

export function App() {
  const { bacalhau, problem } = useMemo(open, []);
  if (bacalhau === undefined) return <ChooseServer problem={problem} />;
  return (
    <ConnectionProvider value={bacalhau}>
      <Frame />
    </ConnectionProvider>
  );
}

function open(): { readonly bacalhau?: Bacalhau; readonly problem?: string } {
  const server = chosenServer();
  if (server === undefined) return {};
  try {
    return { bacalhau: new Bacalhau({ baseUrl: server }) };
  } catch (error) {
    return { problem: error instanceof Error ? error.message : String(error) };
  }
}

/** The current page, from the part of the address after `#`. */
type Route = { readonly page: 'jobs' | 'new' | 'nodes' } | { readonly page: 'job'; readonly jobId: string };

function routeOf(hash: string): Route {
  const [page, id] = hash.replace(/^#\/?/, '').split('/');
  if (page === 'jobs' && id) return { page: 'job', jobId: decodeURIComponent(id) };
  return { page: page === 'new' || page === 'nodes' ? page : 'jobs' };
}

function useRoute(): Route {
  const [hash, setHash] = useState(location.hash);
  useEffect(() => {
    const follow = (): void => setHash(location.hash);
    addEventListener('hashchange', follow);
    return () => removeEventListener('hashchange', follow);
  }, []);
  return useMemo(() => routeOf(hash), [hash]);
}

function Frame() {
  const route = useRoute();
  const { page } = route;
  const jobId = route.page === 'job' ? route.jobId : undefined;
  const main = useRef<HTMLElement>(null);
  const first = useRef(true);
  // Move the focus to the new content, for keyboards and screen readers.
  useEffect(() => {
    if (!first.current) main.current?.querySelector('h1')?.focus();
    first.current = false;
  }, [page, jobId]);

  return (
    <>
      {/* A button, not a link: the part of the address after # selects the page. */}
      <button type="button" class="skip" onClick={() => main.current?.focus()}>
        Skip to the content
      </button>
      <header>
        <div class="bar">
          <a class="brand" href="#/jobs">
            <img src="/fish.svg" alt="" width="28" height="28" />
            <span>Bacalhau</span>
          </a>
          <nav aria-label="Pages">
            <a href="#/jobs" aria-current={page === 'nodes' ? undefined : 'page'}>
              Jobs
            </a>
            <a href="#/nodes" aria-current={page === 'nodes' ? 'page' : undefined}>
              Nodes
            </a>
          </nav>
          <ServerStatus />
          <a class="button primary" href="#/new">
            New job
          </a>
        </div>
      </header>
      <main id="content" ref={main} tabIndex={-1} data-page={page}>
        {page === 'nodes' ? <NodesPage /> : <Panes page={page} jobId={jobId} />}
      </main>
    </>
  );
}

/** Shows the list of jobs, and beside it the job that is selected or made. */
function Panes({ page, jobId }: { readonly page: Route['page']; readonly jobId: string | undefined }) {
  const jobs = useJobs(jobId);
  return (
    <div class="panes">
      <aside aria-label="Jobs">
        <JobsList live={jobs} selected={jobId} alone={page === 'jobs'} />
      </aside>
      <div class="pane">
        {page === 'new' && <NewJob />}
        {jobId !== undefined && <JobPage key={jobId} jobId={jobId} />}
        {page === 'jobs' && jobs.value !== undefined && <Placeholder isEmpty={jobs.value.length === 0} />}
      </div>
    </div>
  );
}

function Placeholder({ isEmpty }: { readonly isEmpty: boolean }) {
  return (
    <div class="placeholder">
      <img src="/fish.svg" alt="" width="56" height="56" />
      <p>
        {isEmpty
          ? 'The state, the log and the results of a job are shown here.'
          : 'Select a job to see its state, its log and its results.'}
      </p>
      <a class="button" href="#/new">
        {isEmpty ? 'Submit the first job' : 'Submit a job'}
      </a>
    </div>
  );
}

function ServerStatus() {
  const bacalhau = useBacalhau();
  const { value, error } = useLive((signal) => bacalhau.agent.version({ signal, maxRetries: 0 }), 5_000, [bacalhau]);
  const host = new URL(bacalhau.baseUrl).host;
  const status = error ? 'unreachable' : (value?.GitVersion ?? 'connecting…');
  return (
    <a
      class={`server ${error ? 'bad' : value ? 'good' : 'waiting'}`}
      href={location.pathname}
      title={`${bacalhau.baseUrl} – choose another server`}
    >
      <span class="host">{host}</span>
      <span class="words">{status}</span>
    </a>
  );
}

function ChooseServer({ problem }: { readonly problem: string | undefined }) {
  return (
    <main class="choose">
      <form>
        <img src="/fish.svg" alt="" width="56" height="56" />
        <h1>Connect to a network</h1>
        <p>
          The address of an orchestrator that requires no login. Put one that does behind a server of your own: see{' '}
          <code>examples/server</code>.
        </p>
        {problem !== undefined && <Notice tone="bad">{problem}</Notice>}
        <label for="server">Address</label>
        <div class="row">
          <input
            id="server"
            name="server"
            type="url"
            required
            autocomplete="url"
            value={chosenServer() ?? 'http://127.0.0.1:1234'}
          />
          <button type="submit" class="primary">
            Connect
          </button>
        </div>
      </form>
    </main>
  );
}
