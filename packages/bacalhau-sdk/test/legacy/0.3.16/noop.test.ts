import { readFileSync } from 'node:fs';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { BadRequestError, NotFoundError } from '../../../src/errors/api-errors.js';
import { RequestAbortedError, RequestTimeoutError } from '../../../src/errors/call-errors.js';
import { InvalidJobError, UnsupportedByServerError } from '../../../src/errors/client-errors.js';
import { LegacySignatureError } from '../../../src/legacy/errors.js';
import { type LegacyJobs, legacyJobId } from '../../../src/legacy/legacy-jobs.js';
import type { LegacyJob } from '../../../src/legacy/options.js';
import { runsOf } from '../../../src/legacy/runs.js';
import { clientIdOf, legacyNetwork, newKey, signerOf } from '../../support/legacy.js';
import { describeWith, testWhere, testWith } from '../../support/requirements.js';

const NOOP: LegacyJob = { Spec: { Engine: 'Noop', Verifier: 'Noop', Publisher: 'Noop' } };

/** The examples of Bacalhau's own page on this API. */
const examples = JSON.parse(
  readFileSync(join(__dirname, '../../../../../openapi/test/data/legacy-examples.json'), 'utf8'),
);

describeWith(['legacy'], 'the six calls, against three nodes of a real server 0.3.16', () => {
  const network = legacyNetwork({ computeNodes: 3 });
  let jobs: LegacyJobs;
  let jobId: string;

  beforeAll(async () => {
    jobs = network.client();
    const answer = await jobs.submit(NOOP);
    jobId = legacyJobId(answer.job);
    await jobs.wait(jobId);
  });

  testWith(['legacy-submit'], 'submit stores the job under this client’s id, with the server’s defaults', async () => {
    const { job } = await jobs.submit({ ...NOOP, Deal: { Concurrency: 2 } });
    expect(job).toMatchObject({
      APIVersion: 'V1beta1',
      Metadata: { ID: expect.stringMatching(/^[0-9a-f-]{36}$/), ClientID: expect.stringMatching(/^[0-9a-f]{64}$/) },
      Spec: { Engine: 'Noop', Timeout: 1800, Deal: { Concurrency: 2 }, ExecutionPlan: { ShardsTotal: 1 } },
    });
  });

  testWith(
    ['legacy-list'],
    'list returns the jobs of this client, one job by a prefix of its id, or those of all clients',
    async () => {
      const other = network.client();
      const { job } = await other.submit(NOOP);
      const ids = async (options?: Parameters<LegacyJobs['list']>[0]) => {
        const answer = await jobs.list(options);
        return answer.jobs.map((found) => legacyJobId('Job' in found ? found.Job : found));
      };
      expect(await ids()).toContain(jobId);
      expect(await ids()).not.toContain(legacyJobId(job));
      expect(await ids({ id: jobId.slice(0, 8) })).toEqual([jobId]);
      expect(await ids({ returnAll: true })).toEqual(expect.arrayContaining([jobId, legacyJobId(job)]));
      expect(await ids({ clientId: job.Metadata?.ClientID ?? '' })).toEqual([legacyJobId(job)]);
      expect(await ids({ maxJobs: 1, sortBy: 'created_at', sortReverse: true })).toHaveLength(1);
    },
  );

  test('list chooses by annotations', async () => {
    const { job } = await jobs.submit({ Spec: { ...NOOP.Spec, Annotations: ['blue'] } });
    const found = async (options: Parameters<LegacyJobs['list']>[0]) => (await jobs.list(options)).jobs.length;
    expect(await found({ includeTags: ['blue'] })).toBe(1);
    expect((await jobs.list({ excludeTags: ['blue'] })).jobs).not.toContainEqual(
      expect.objectContaining({ Metadata: job.Metadata }),
    );
  });

  testWith(['legacy-states'], 'states has each node, one of which completed the job', async () => {
    const answer = await jobs.states(jobId);
    const runs = runsOf(answer.state);
    expect(runs.filter(({ state }) => state === 'Completed')).toHaveLength(1);
    for (const { nodeId } of runs) expect(network.nodeIds()).toContain(nodeId);
  });

  testWhere(['legacy-events', 'of the network'], 'events returns the history', async () => {
    const events = await jobs.events(jobId);
    const names = events.events.map((event) => ('EventName' in event ? event.EventName : ''));
    expect(names).toEqual(
      expect.arrayContaining(['Created', 'Bid', 'BidAccepted', 'ResultsProposed', 'ResultsAccepted']),
    );
  });

  testWith(['legacy-local-events'], 'localEvents returns what the requester did', async () => {
    const localEvents = await jobs.localEvents(jobId);
    expect(localEvents.localEvents.map(({ EventName }) => EventName)).toEqual(
      expect.arrayContaining(['BidAccepted', 'Verified']),
    );
  });

  test('results are empty for a publisher that does nothing', async () => {
    const answer = await jobs.results(jobId);
    expect(answer).toEqual({ results: [] });
  });

  test('every call can return its HTTP details', async () => {
    const { response } = await jobs.states(jobId).withResponse();
    expect(response).toMatchObject({ status: 200, headers: { 'x-bacalhau-job-id': jobId }, attempts: 1 });
  });

  test('the job of the documentation is accepted, where this server has it: in another envelope', async () => {
    const { Job } = examples.submit.request.data;
    const { job } = await jobs.submit(Job);
    expect(job.Spec).toMatchObject({ ...Job.Spec, Deal: Job.Deal });
    await jobs.wait(legacyJobId(job));
  });

  test('a job that came from the server can be submitted again', async () => {
    const [found] = (await jobs.list({ id: jobId })).jobs;
    if (found === undefined || 'Job' in found) throw new Error('not the shape of this server');
    const { job } = await jobs.submit(found);
    expect(legacyJobId(job)).not.toBe(jobId);
  });

  test('waiting for a job of several nodes ends when each has completed it', async () => {
    const { job } = await jobs.submit({ ...NOOP, Deal: { Concurrency: 3 } });
    const { runs } = await jobs.wait(legacyJobId(job), { timeoutMs: 20_000 });
    expect(runs.map(({ state }) => state)).toEqual(['Completed', 'Completed', 'Completed']);
  });

  test('a wait for a job without bids ends with the deadline or the signal', async () => {
    const { job } = await jobs.submit({ ...NOOP, Deal: { Concurrency: 1, MinBids: 9 } });
    const id = legacyJobId(job);
    await expect(jobs.wait(id, { timeoutMs: 200 })).rejects.toThrow(RequestTimeoutError);
    await expect(jobs.wait(id, { timeoutMs: 200 })).rejects.toThrow(/has not ended within 200 ms .*The job continues/);
    const reason = new Error('enough');
    const failure = await jobs.wait(id, { signal: AbortSignal.abort(reason) }).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(RequestAbortedError);
    expect(failure).toMatchObject({ cause: reason });
    await expect(jobs.wait(id, { maxIntervalMs: 0 })).rejects.toThrow(/maxIntervalMs/);
  });

  testWith(['legacy-unknown-job'], 'an unknown job is a NotFoundError, whatever the status', async () => {
    for (const call of [jobs.states('nope'), jobs.results('nope'), jobs.events('nope'), jobs.localEvents('nope')]) {
      await expect(call).rejects.toMatchObject({
        name: 'NotFoundError',
        status: 500,
        message: /Job not found. ID: nope/,
      });
    }
    await expect(jobs.list({ id: 'nope' })).rejects.toMatchObject({
      ...{ name: 'NotFoundError', status: 400, code: 'error-job-not-found', details: { id: 'nope' } },
    });
    await expect(jobs.wait('nope')).rejects.toThrow(NotFoundError);
    await expect(jobs.states(' ')).rejects.toThrow(/jobId must be a string that is not empty/);
  });

  test('a job without Spec is refused here, because the server would drop the connection', async () => {
    const before = (await jobs.list()).jobs.length;
    for (const job of ['{"Spec":{}}', '{}', '{"Spec":[]}', 'null']) {
      await expect(jobs.submit(JSON.parse(job))).rejects.toMatchObject({ name: 'InvalidJobError', field: 'Spec' });
    }
    expect((await jobs.list()).jobs).toHaveLength(before);
  });

  test('fields that this server would drop or refuse are refused by name', async () => {
    const failures: [LegacyJob['Spec'], string, RegExp][] = [
      [{ Engine: 'Rocket' }, 'Spec.Engine', /knows Noop, Docker/],
      [JSON.parse('{"docker":{}}'), 'Spec.docker', /Write Docker/],
      [{ PublisherSpec: { Type: 'Ipfs' } }, 'Spec.PublisherSpec', /is unknown to servers of this version/],
      [JSON.parse('{"Docker":{"Entrypoint":"date"}}'), 'Spec.Docker.Entrypoint', /has to be an array/],
      [JSON.parse('{"Docker":{"Entrypoint":["date",null]}}'), 'Spec.Docker.Entrypoint[1]', /not empty/],
      [JSON.parse('{"Sharding":{"BatchSize":1.5}}'), 'Spec.Sharding.BatchSize', /whole number/],
      [{ Timeout: Number.NaN }, 'Spec.Timeout', /NaN/],
    ];
    for (const [Spec, field, message] of failures) {
      const failure = await jobs.submit({ Spec }).catch((error: unknown) => error);
      expect(failure).toBeInstanceOf(InvalidJobError);
      expect(failure).toMatchObject({ field, message });
    }
  });

  test('a refusal by the server keeps its message', async () => {
    const failure = await jobs.submit({ ...NOOP, Deal: { Concurrency: -1 } }).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(BadRequestError);
    expect(failure).toMatchObject({
      operation: 'legacy.submit',
      code: 'error-unknown-server-error',
      message: /concurrency must be >= 1 \(HTTP 400\)/,
    });
    await expect(jobs.submit(NOOP, { context: 'bm8gdGFy' })).rejects.toMatchObject({
      name: 'ServerError',
      status: 500,
    });
  });

  testWhere(['legacy-cancel', 'no'], 'cancelling is for newer servers', async () => {
    await expect(jobs.cancel(jobId)).rejects.toThrow(UnsupportedByServerError);
    await expect(jobs.cancel(jobId)).rejects.toThrow(/before 0\.3\.21 cannot cancel.*jobs\.stop/);
  });

  test('a given version is not requested from the server', async () => {
    const urls: string[] = [];
    const client = network.client({ serverVersion: 'v0.3.16', onRequest: ({ url }) => urls.push(url) });
    await client.submit(NOOP);
    expect(urls).toEqual([`${network.url()}/submit`]);
  });

  test('a server of another version than the one that was given says so by a path that it does not have', async () => {
    const client = network.client({ serverVersion: 'v0.3.20' });
    await expect(client.submit(NOOP)).rejects.toThrow(/does not have this call at \/requester, .*serverVersion/);
  });

  describe('a wrong signature is refused by the server, and the error says what does not match', () => {
    const own = newKey();
    const other = newKey();
    const refusalOf = (payloadSigner: ReturnType<typeof signerOf>): Promise<unknown> =>
      network
        .client({ payloadSigner })
        .submit(NOOP)
        .catch((error: unknown) => error);

    test('parts that fit are accepted', async () => {
      const client = network.client({ payloadSigner: signerOf({ ...own, clientId: clientIdOf(own.key) }) });
      const { job } = await client.submit(NOOP);
      expect(job.Metadata?.ClientID).toBe(clientIdOf(own.key));
    });

    testWith(['legacy-signature'], 'the wrong key', async () => {
      const failure = await refusalOf(
        signerOf({ clientId: clientIdOf(own.key), publicKey: own.publicKey, key: other.key }),
      );
      expect(failure).toBeInstanceOf(LegacySignatureError);
      expect(failure).toMatchObject({
        problem: 'key',
        status: 400,
        message: /verification error.*not made with the private half of the public key/,
      });
    });

    test('the wrong client id', async () => {
      const failure = await refusalOf(signerOf({ ...own, clientId: clientIdOf(other.key) }));
      expect(failure).toBeInstanceOf(LegacySignatureError);
      expect(failure).toMatchObject({
        problem: 'client-id',
        message: /public key does not match client ID.*not the one of the public key/,
      });
    });

    test('an altered payload', async () => {
      await using proxy = await alteringProxy(network.url(), (body) => body.replace('"blue"', '"red"'));
      const client = network.client({ baseUrl: proxy.url });
      const job = { Spec: { ...NOOP.Spec, Annotations: ['blue'] } };
      const failure = await client.submit(job).catch((error: unknown) => error);
      expect(failure).toBeInstanceOf(LegacySignatureError);
      expect(failure).toMatchObject({ problem: 'payload', message: /the server read another payload/ });
      // Through the same proxy, what it does not alter is accepted.
      await client.submit(NOOP);
    });
  });
});

/** Passes requests on, with their bodies altered on the way. */
async function alteringProxy(target: string, alter: (body: string) => string) {
  const server = createServer((incoming, outgoing) => {
    const chunks: Buffer[] = [];
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
    incoming.on('end', () => {
      const body = alter(Buffer.concat(chunks).toString());
      const { method = 'POST', url = '/' } = incoming;
      const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
      const passed = request(`${target}${url}`, { method, headers }, (answer) => {
        outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(outgoing);
      });
      passed.end(body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
