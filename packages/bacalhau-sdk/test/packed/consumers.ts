/** What an application does with the seven calls, to be run with `Jobs` and `NotFoundError` in scope. */
const SEVEN_CALLS = `
  const keys = () => fs.readdirSync(process.env.BACALHAU_DIR);
  const jobs = new Jobs();
  const before = keys();
  const put = await jobs.put({ Job: JSON.parse(process.env.TEST_JOB) });
  const after = keys();
  const deadline = Date.now() + 60000;
  let job;
  do {
    job = (await jobs.get(put.JobID)).Job;
    if (Date.now() > deadline) throw new Error('the job does not end');
  } while (!['Completed', 'Failed', 'Stopped'].includes(job.State.StateType));
  const refused = await jobs.stop('j-nope', 'no reason').catch((error) => error);
  console.log(JSON.stringify({
    node: process.versions.node,
    before,
    after,
    put,
    state: job.State.StateType,
    stdout: (await jobs.executions(put.JobID)).items[0].RunOutput.Stdout,
    results: (await jobs.results(put.JobID)).items,
    history: (await jobs.history(put.JobID)).items.length,
    listed: (await jobs.list({ limit: 0 })).items.some(({ ID }) => ID === put.JobID),
    refused: refused instanceof NotFoundError && refused.name,
  }));`;

/** Downloads the results of a job twice, to disk and file by file, with `Bacalhau` in scope. */
const DOWNLOAD = `
  const bacalhau = new Bacalhau();
  const job = await bacalhau.jobs.submit(JSON.parse(process.env.TEST_JOB));
  await job.wait();
  const { files, writtenBytes } = await job.download(process.env.BACALHAU_DIR + '/results');
  const onDisk = fs.readFileSync(process.env.BACALHAU_DIR + '/results/outputs/data.bin').length;
  const read = [];
  for await (const file of job.files()) read.push((await file.bytes()).length === file.size && file.path);
  await bacalhau.close();
  console.log(JSON.stringify({ files: files.map(({ path }) => path).sort(), writtenBytes, onDisk, read: read.sort() }));`;

/** Packs a folder for a job, with `docker`, `inputs`, `gunzipSync` and `createHash` in scope. */
const LOCAL_FILES = `
  const job = await docker({ image: 'x', inputs: [inputs.files(process.env.TEST_FOLDER, { target: '/in' })] }).toJob();
  const [, data] = job.Tasks[0].InputSources[0].Source.Params.URL.split(',');
  const tar = gunzipSync(Buffer.from(data, 'base64'));
  console.log(JSON.stringify(createHash('sha256').update(tar).digest('hex')));`;

/** One signal for everything that may take long, at once, with `Bacalhau` in scope. */
const ONE_SIGNAL = `
  const bacalhau = new Bacalhau();
  const { jobs } = bacalhau;
  const { signal } = new AbortController();
  const spec = JSON.parse(process.env.TEST_JOB);
  const job = await jobs.submit(spec);
  const read = async (entries) => { for await (const _ of entries); };
  const times = Array.from({ length: 50 }, (_, index) => index);
  const settled = await Promise.allSettled([
    ...times.map(() => jobs.list({ signal })),
    ...times.map(() => job.wait({ signal })),
    ...times.map(() => jobs.run(spec, { signal })),
    ...times.map(() => read(job.logs({ signal, follow: true }))),
    ...times.map(() => read(jobs.history(job.id, { signal, follow: true }))),
    ...times.map((index) => job.wait().then(() => job.download(process.env.BACALHAU_DIR + '/results-' + index, { signal }))),
    read(jobs.map(times, () => spec, { signal })),
  ]);
  await bacalhau.close();
  const failed = settled.flatMap(({ reason }) => reason === undefined ? [] : [String(reason)]);
  console.log(JSON.stringify({ node: process.versions.node, settled: settled.length, failed }));`;

/** One call with the generated client alone. */
const RAW_CALL = `
  const basePath = 'http://' + process.env.BACALHAU_API_HOST + ':' + process.env.BACALHAU_API_PORT;
  const { data } = await new JobApi(new Configuration({ basePath })).listJobs({ limit: 1 });
  console.log(JSON.stringify({ node: process.versions.node, items: data.Items.length }));`;

/** The legacy entry points, as far as they get without a server of that time. */
const LEGACY = `
  const refused = await new LegacyJobs({ serverVersion: 'v0.3.16' }).cancel('j').catch((error) => error);
  console.log(JSON.stringify({
    node: process.versions.node,
    refused: refused instanceof UnsupportedByServerError && refused.name,
    methods: typeof new JobApi().localEvents,
  }));`;

/** The files of an application that uses the packed packages, by name. */
export const CONSUMER_FILES: Readonly<Record<string, string>> = {
  'seven-calls.mjs': `import fs from 'node:fs';\nimport { Jobs, NotFoundError } from 'bacalhau-sdk';\n${SEVEN_CALLS}`,
  'seven-calls.cjs': `const fs = require('node:fs');\nconst { Jobs, NotFoundError } = require('bacalhau-sdk');\n(async () => {${SEVEN_CALLS}\n})();`,
  'download.mjs': `import fs from 'node:fs';\nimport { Bacalhau } from 'bacalhau-sdk';\n${DOWNLOAD}`,
  'download.cjs': `const fs = require('node:fs');\nconst { Bacalhau } = require('bacalhau-sdk');\n(async () => {${DOWNLOAD}\n})();`,
  'local-files.mjs': `import { createHash } from 'node:crypto';\nimport { gunzipSync } from 'node:zlib';\nimport { docker, inputs } from 'bacalhau-sdk';\n${LOCAL_FILES}`,
  'local-files.cjs': `const { createHash } = require('node:crypto');\nconst { gunzipSync } = require('node:zlib');\nconst { docker, inputs } = require('bacalhau-sdk');\n(async () => {${LOCAL_FILES}\n})();`,
  'one-signal.mjs': `import { Bacalhau } from 'bacalhau-sdk';\n${ONE_SIGNAL}`,
  'raw.mjs': `import { Configuration, JobApi } from 'bacalhau-apiclient';\n${RAW_CALL}`,
  'raw.cjs': `const { Configuration, JobApi } = require('bacalhau-apiclient');\n(async () => {${RAW_CALL}\n})();`,
  'legacy.mjs': `import { LegacyJobs } from 'bacalhau-sdk/legacy';\nimport { JobApi } from 'bacalhau-apiclient/legacy';\nimport { UnsupportedByServerError } from 'bacalhau-sdk';\n${LEGACY}`,
  'legacy.cjs': `const { LegacyJobs } = require('bacalhau-sdk/legacy');\nconst { JobApi } = require('bacalhau-apiclient/legacy');\nconst { UnsupportedByServerError } = require('bacalhau-sdk');\n(async () => {${LEGACY}\n})();`,
  'copies.mjs': `
    import { createRequire } from 'node:module';
    import * as esm from 'bacalhau-sdk';
    const cjs = createRequire(import.meta.url)('bacalhau-sdk');
    const error = await new esm.Jobs().get('j-nope').catch((caught) => caught);
    console.log(JSON.stringify({
      two: esm.NotFoundError !== cjs.NotFoundError,
      same: error instanceof cjs.NotFoundError && error instanceof cjs.BacalhauError,
      other: error instanceof cjs.ConflictError,
    }));`,
  'identity.mjs': `
    import { Bacalhau } from 'bacalhau-sdk';
    console.log(JSON.stringify(await new Bacalhau().identity()));`,
  'debug.mjs': `
    import { Jobs } from 'bacalhau-sdk';
    await new Jobs().list();
    console.log('{}');`,
  'types.ts': `
    import { type PublicKey, MemoryReplayCache, SignatureError, verifyRequest } from 'bacalhau-sdk/signatures';
    export async function admit(keys: Map<string, PublicKey>, headers: Record<string, string>): Promise<string> {
      const options = { authority: 'h', key: (id: string) => keys.get(id), replayCache: new MemoryReplayCache() };
      return (await verifyRequest({ method: 'GET', url: 'http://h/', headers }, options)).keyId;
    }
    export const refused = (error: unknown): boolean => error instanceof SignatureError && error.problem === 'expired';
    import { type LegacyJob, LegacyJobs, legacyJobId, type SubmitResponse } from 'bacalhau-sdk/legacy';
    import { Bacalhau, ExecutionStateType, inputs, type Job, Jobs, NotFoundError, type Page } from 'bacalhau-sdk';
    const job: Job = { Type: 'batch', Tasks: [{ Name: 'main', Engine: { Type: 'docker', Params: { Image: 'ubuntu' } } }] };
    export async function legacy(jobs: LegacyJobs = new LegacyJobs({ serverVersion: 'v0.3.16' })): Promise<string[]> {
      const job: LegacyJob = { Spec: { Engine: 'Docker', Docker: { Image: 'ubuntu', Entrypoint: ['date'] } } };
      const answer: SubmitResponse = await jobs.submit(job);
      const outcome = await jobs.wait(legacyJobId(answer.job), { timeoutMs: 1_000 });
      return outcome.runs.map(({ output }) => output?.stdout ?? '');
    }
    export async function run(jobs: Jobs = new Bacalhau({ namespace: 'team' }).jobs): Promise<string> {
      const { JobID } = await jobs.put({ Job: job });
      const page: Page<Job> = await jobs.list({ orderBy: 'created_at', limit: 1 });
      for await (const { ComputeState } of jobs.executions(JobID)) {
        if (ComputeState.StateType === ExecutionStateType.Completed) return page.nextToken;
      }
      const { response } = await jobs.get(JobID, { include: ['history'] }).withResponse();
      return new NotFoundError('x', { ...{} as NotFoundError }).code ?? response.serverVersion ?? '';
    }
    export const chosen = (input: HTMLInputElement, directory: FileSystemDirectoryHandle, file: FileSystemFileHandle) =>
      [input.files ?? [], new File([], 'x'), directory, file].map((source) => inputs.files(source, { target: '/in' }));
    // @ts-expect-error a job without tasks
    export const bad: Job = { Type: 'batch' };`,
};
