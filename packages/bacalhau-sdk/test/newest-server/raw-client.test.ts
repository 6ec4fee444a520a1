/** The generated client by itself, as those use it who want the requests and nothing else. */
import axios, { isAxiosError } from 'axios';
import {
  Configuration,
  type Job,
  JobApi,
  type JobApiGetJobRequest,
  JobStateType,
  NodeApi,
  RequiredError,
} from 'bacalhau-apiclient';
import { shellJob } from '../support/logs.js';
import { freshName, networkUrl } from '../support/network.js';
import { ownServer } from '../support/own-server.js';

const jobs = new JobApi(new Configuration({ basePath: networkUrl() }));

/** A job that waits for a node that does not come. */
function waiting(name: string, labels: Record<string, string>): Job {
  const { Job } = shellJob('true');
  const Tasks = (Job.Tasks ?? []).map((task) => ({ ...task, Timeouts: { QueueTimeout: 600 } }));
  const Constraints = [{ Key: 'no-such-label', Operator: 'exists' }];
  return { ...Job, Name: name, Labels: labels, Constraints, Tasks };
}

test('sends bodies, paths and queries as the document says', async () => {
  const name = freshName('raw');
  const { data } = await jobs.putJob({ putJobRequest: { Job: waiting(name, { one: name, two: 'ü &=+' }) } });
  const { Job, History, Executions } = (
    await jobs.getJob({ jobId: data.JobID, namespace: 'default', include: ['history', 'executions'], limit: undefined })
  ).data;
  expect([Job.Name, Executions?.Items]).toEqual([name, []]);
  expect(History?.Items[0]?.JobID).toBe(data.JobID);
  const found = async (...labels: string[]) => (await jobs.listJobs({ namespace: 'default', labels })).data.Items;
  expect((await found(`one=${name}`, 'two')).map(({ ID }) => ID)).toEqual([data.JobID]);
  expect(await found(`one=${name}`, 'three')).toEqual([]);
  await jobs.stopJob({ jobId: data.JobID, stopJobRequest: { reason: 'over & done' } });
  expect((await jobs.getJob({ jobId: data.JobID })).data.Job.State?.StateType).toBe(JobStateType.Stopped);
});

test('leaves out a body that need not be', async () => {
  const { data } = await jobs.putJob({ putJobRequest: { Job: waiting(freshName('raw'), {}) } });
  await jobs.stopJob({ jobId: data.JobID });
  expect((await jobs.getJob({ jobId: data.JobID })).data.Job.State?.StateType).toBe(JobStateType.Stopped);
});

test('keeps an identifier in its place of the path', async () => {
  const sent: (string | undefined)[] = [];
  const instance = axios.create();
  instance.interceptors.request.use((request) => {
    sent.push(request.url);
    return request;
  });
  const api = new JobApi(new Configuration({ basePath: networkUrl() }), undefined, instance);
  await expect(api.getJob({ jobId: 'a/b?c#d' })).rejects.toMatchObject({ response: { status: 404 } });
  expect(sent).toEqual([`${networkUrl()}/api/v1/orchestrator/jobs/a%2Fb%3Fc%23d`]);
});

test('rejects a missing parameter before anything is sent', async () => {
  const parameters: JobApiGetJobRequest = JSON.parse('{"namespace": "default"}');
  const call = new JobApi(new Configuration({ basePath: 'http://127.0.0.1:1' })).getJob(parameters);
  await expect(call).rejects.toBeInstanceOf(RequiredError);
  await expect(call).rejects.toMatchObject({ name: 'RequiredError', field: 'jobId' });
});

test('goes to where the instance says, with the headers of the call over those of the configuration', async () => {
  const instance = axios.create({ baseURL: networkUrl() });
  const configuration = new Configuration({
    basePath: 'http://127.0.0.1:1',
    baseOptions: { headers: { 'X-One': '1', 'X-Two': '1' } },
  });
  const { status, config } = await new JobApi(configuration, undefined, instance).listJobs(
    {},
    { headers: { 'X-Two': '2' } },
  );
  expect([status, config.headers.get('X-One'), config.headers.get('X-Two')]).toEqual([200, '1', '2']);
});

describe('at a server with users', () => {
  const server = ownServer(() => ({
    config: {
      API: {
        Auth: {
          Users: [
            { Alias: 'admin', Username: 'admin', Password: 'adminpassword1', Capabilities: [{ Actions: ['*'] }] },
            { Alias: 'ci', APIKey: 'ci-api-key-0123456789abcdef', Capabilities: [{ Actions: ['read:job'] }] },
          ],
        },
      },
    },
  }));
  const configuration = (credentials: Partial<Configuration>) =>
    new Configuration({ basePath: server.url, ...credentials });

  test.each<[string, Partial<Configuration>]>([
    ['a key', { accessToken: 'ci-api-key-0123456789abcdef' }],
    ['a key that is asked for each time', { accessToken: async () => 'ci-api-key-0123456789abcdef' }],
    ['a password', { username: 'admin', password: 'adminpassword1' }],
  ])('it lets %s in', async (_what, credentials) => {
    expect((await new JobApi(configuration(credentials)).listJobs()).data.Items).toEqual([]);
  });

  test('and reports a refusal', async () => {
    const statusOf = (call: Promise<unknown>) =>
      call.then(
        () => 200,
        (error: unknown) => (isAxiosError(error) ? error.response?.status : undefined),
      );
    expect(await statusOf(new JobApi(configuration({})).listJobs())).toBe(401);
    expect(await statusOf(new NodeApi(configuration({ accessToken: 'ci-api-key-0123456789abcdef' })).listNodes())).toBe(
      403,
    );
  });
});
