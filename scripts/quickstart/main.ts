// Submits the hello-world job through the SDK and prints what it printed: to the server that BACALHAU_API_HOST names,
// else to a local network that is started for it and stopped afterwards.
import { setTimeout as sleep } from 'node:timers/promises';
import { Configuration, type Job, NodeApi } from 'bacalhau-apiclient';
import { startDevnet } from 'bacalhau-devnet';
import { Bacalhau } from 'bacalhau-sdk';
import { dockerHello, wasmHello } from './hello-jobs.ts';

const WAIT_MS = 5 * 60_000;

const say = (message: string): void => console.log(`> ${message}`);

await using cleanup = new AsyncDisposableStack();
const bacalhau = await connect();
cleanup.use(bacalhau);

const job = await helloJob();
const { JobID, EvaluationID, Warnings } = await bacalhau.jobs.put({ Job: job });
say(`submitted job ${JobID} (evaluation ${EvaluationID})`);
for (const warning of Warnings ?? []) say(`warning: ${warning}`);

const ended = await ending(JobID);
const [execution] = (await bacalhau.jobs.executions(JobID)).items;
const output = execution?.RunOutput;
if (ended.State?.StateType !== 'Completed' || !output || output.ExitCode !== 0) {
  const cause = execution?.ComputeState.Message ?? ended.State?.Message ?? 'no reason given';
  throw new Error(`The job ended as ${ended.State?.StateType} (${cause}).`);
}
say(`execution ${execution?.ID} on node ${execution?.NodeID} printed:\n`);
process.stdout.write(`${output.Stdout}\n`);
for (const result of (await bacalhau.jobs.results(JobID)).items) {
  say(`result (${result.Type}): ${JSON.stringify(result.Params)}`);
}

async function connect(): Promise<Bacalhau> {
  if (process.env['BACALHAU_API_HOST']) {
    const client = new Bacalhau();
    say(`using the server at ${client.baseUrl}`);
    return client;
  }
  say('starting a local Bacalhau network (set BACALHAU_API_HOST to use another one)');
  const network = await startDevnet({ onProgress: say });
  cleanup.use(network);
  say(`Bacalhau ${network.version} is running at ${network.url}`);
  return new Bacalhau({ baseUrl: network.url });
}

async function helloJob(): Promise<Job> {
  const nodes = await new NodeApi(new Configuration({ basePath: bacalhau.baseUrl })).listNodes();
  const info = nodes.data.Nodes.map((node) => node.Info.ComputeNodeInfo);
  const engines = new Set(info.flatMap((node) => node?.ExecutionEngines ?? []));
  const publishers = new Set(info.flatMap((node) => node?.Publishers ?? []));
  const publisher = { Type: ['ipfs', 'local'].find((type) => publishers.has(type)) ?? 'noop' };
  if (engines.has('docker')) {
    say('Docker answers: running the Docker hello-world');
    return dockerHello(publisher);
  }
  say('Docker does not answer: running the WebAssembly hello-world');
  return wasmHello(publisher);
}

async function ending(jobId: string): Promise<Job> {
  const deadline = Date.now() + WAIT_MS;
  let last = '';
  for (;;) {
    const { Job: job } = await bacalhau.jobs.get(jobId);
    const state = job?.State?.StateType ?? 'Undefined';
    if (state !== last) say(`job is ${state}`);
    last = state;
    if (job !== undefined && ['Completed', 'Failed', 'Stopped'].includes(state)) return job;
    if (Date.now() > deadline) throw new Error(`The job is still ${state} after ${WAIT_MS / 60_000} minutes.`);
    await sleep(100);
  }
}
