import { type ConformanceChecker, createConformanceChecker } from 'bacalhau-openapi';

const JOBS = '/api/v1/orchestrator/jobs';

/** What keeps somebody else's server usable: it takes changes of jobs that these tests have made, and of no others. */
export interface SharedServer {
  readonly checker: ConformanceChecker;
  refuse(request: { readonly method: string; readonly path: string }): Promise<string | undefined>;
  /** Stops what still runs. Servers remove no jobs. */
  stopJobs(): Promise<void>;
}

export function sharedServer(url: string): SharedServer {
  const made = new Set<string>();
  const checker = createConformanceChecker();
  const job = (id: string): Promise<Response> => fetch(`${url}${JOBS}/${encodeURIComponent(id)}`);
  return {
    checker: {
      ...checker,
      check(exchange) {
        const { method, path, status, body } = exchange;
        if (method === 'PUT' && status === 200 && new URL(path, url).pathname === JOBS)
          made.add(JSON.parse(body).JobID);
        return checker.check(exchange);
      },
    },
    async refuse({ method, path }) {
      const { pathname } = new URL(path, url);
      if (method === 'GET' || pathname.startsWith('/api/v1/auth')) return undefined;
      if (method === 'PUT' && (pathname === JOBS || pathname === `${JOBS}/diff`)) return undefined;
      const id = decodeURIComponent(pathname.slice(JOBS.length + 1));
      if (method === 'DELETE' && pathname.startsWith(`${JOBS}/`) && (made.has(id) || !(await job(id)).ok))
        return undefined;
      return `the tests may not ${method} ${pathname} on a server that is not theirs`;
    },
    async stopJobs() {
      for (const id of made) {
        const { Job } = Object(await (await job(id)).json());
        if (['Completed', 'Failed', 'Stopped'].includes(Job?.State?.StateType)) continue;
        const reason = encodeURIComponent('end of the tests');
        await fetch(`${url}${JOBS}/${id}?reason=${reason}`, { method: 'DELETE' });
      }
      console.log(`\n${made.size} jobs were submitted to ${url}; none of them runs any more.`);
    },
  };
}
