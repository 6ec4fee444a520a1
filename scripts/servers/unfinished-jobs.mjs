// A jest reporter: after a test that failed, what its network says of the jobs that have not ended. Whether it waited for a
// server, or for its client, cannot be seen otherwise once the network is gone.
const ENDED = ['Completed', 'Failed', 'Stopped'];
const MOST_JOBS = 10;

export default class UnfinishedJobsReporter {
  async onTestCaseResult({ context }, { status, fullName }) {
    const { bacalhauServer } = context.config.globals;
    const url = process.env[`BACALHAU_TEST_URL_${bacalhauServer?.replaceAll('.', '_')}`];
    if (status !== 'failed' || url === undefined) return;
    try {
      const { Items } = await get(
        `${url}/api/v1/orchestrator/jobs?limit=100&order_by=created_at&reverse=true&namespace=*`,
      );
      const unfinished = (Items ?? []).filter(({ State }) => !ENDED.includes(State?.StateType));
      console.log(
        `\nAfter “${fullName}”, ${unfinished.length} of the latest jobs of ${bacalhauServer} have not ended.`,
      );
      for (const { ID, Namespace, Name, State } of unfinished.slice(0, MOST_JOBS)) {
        const query = new URLSearchParams({ namespace: Namespace, include: 'executions,history' });
        const { Executions, History } = await get(`${url}/api/v1/orchestrator/jobs/${ID}?${query}`);
        // Each execution has the whole job once more.
        const executions = (Executions?.Items ?? []).map(({ Job, ...execution }) => execution);
        console.log(JSON.stringify({ ID, Name, State, executions, history: History?.Items }));
      }
    } catch (error) {
      console.log(`\nAfter “${fullName}”, ${bacalhauServer} did not tell its jobs: ${error}`);
    }
  }
}

async function get(url) {
  const response = await fetch(url, { signal: AbortSignal.timeout(10_000) });
  if (!response.ok) throw new Error(`${response.status} ${await response.text()}`);
  return response.json();
}
