// Not run: compiling it is the test. The examples of Bacalhau's own page on the API of servers 0.3 must fit the types.
import examples from '../../../openapi/test/data/legacy-examples.json' with { type: 'json' };
import type {
  EventsResponse,
  JobApi,
  ListResponse,
  LocalEventsResponse,
  ResultsResponse,
  StatesResponse,
  SubmitRequest,
} from '../src/legacy.js';

export const submitted: SubmitRequest = examples.submit.request;
// TypeScript gives the maps of the two listed jobs, whose nodes differ, each other's names with `undefined`. The state's own
// example has such a map, too; here is the rest of the jobs.
export const listed: ListResponse = {
  jobs: examples.list.response.jobs.map(({ JobState: _, ...job }) => job),
};
export const happened: EventsResponse = examples.events.response;
export const published: ResultsResponse = examples.results.response;
export const state: StatesResponse = examples.states.response;

/** The one call of the page without an example. */
export async function local(api: JobApi, jobId: string): Promise<LocalEventsResponse> {
  return (await api.localEvents({ jobIdRequest: { job_id: jobId } })).data;
}
