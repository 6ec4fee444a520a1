// Runs the hello-world job through the SDK and prints what it printed: on the server that BACALHAU_API_HOST names, else
// on a local network that is started for it and stopped afterwards.
import { startDevnet } from 'bacalhau-devnet';
import { Bacalhau, type JobSpec, publishers } from 'bacalhau-sdk';
import ora from 'ora';
import { dockerHello, wasmHello } from './hello-jobs.ts';

const WAIT_MS = 5 * 60_000;

await using cleanup = new AsyncDisposableStack();
const spinner = ora({ stream: process.stderr });
cleanup.defer(() => {
  spinner.stop();
});

const bacalhau = cleanup.use(await connect());
const job = await helloJob();
spinner.start('Submitting the job');
const result = await bacalhau.jobs.run(job, {
  timeoutMs: WAIT_MS,
  onUpdate: ({ ID, State }) => {
    spinner.text = `Job ${ID} is ${State?.StateType?.toLowerCase()}`;
  },
});
const [execution] = result.executions;
spinner.succeed(`Job ${result.jobId} is completed: execution ${execution?.executionId} on node ${execution?.nodeId}`);
for (const { type, ...place } of result.typedResults)
  spinner.info(`Its result, of type ${type}: ${JSON.stringify(place)}`);
spinner.info('It printed:');
process.stdout.write(`\n${result.stdout}\n`);

async function connect(): Promise<Bacalhau> {
  if (process.env['BACALHAU_API_HOST']) {
    const client = new Bacalhau();
    spinner.info(`Using the server at ${client.baseUrl}`);
    return client;
  }
  spinner.start('Starting a Bacalhau network here (set BACALHAU_API_HOST to use another one)');
  const network = await startDevnet({
    onProgress: (message) => {
      spinner.text = message;
    },
  });
  cleanup.use(network);
  spinner.succeed(`Bacalhau ${network.version} runs at ${network.url} for the time of this command`);
  return new Bacalhau({ baseUrl: network.url });
}

async function helloJob(): Promise<JobSpec> {
  const nodes = (await bacalhau.nodes.list({ status: 'connected' })).items.map(({ Info }) => Info.ComputeNodeInfo);
  const has = (kind: 'ExecutionEngines' | 'Publishers', type: string) =>
    nodes.some((node) => node?.[kind]?.includes(type));
  const publisher = has('Publishers', 'ipfs')
    ? publishers.ipfs()
    : has('Publishers', 'local')
      ? publishers.local()
      : undefined;
  if (has('ExecutionEngines', 'docker')) {
    spinner.info('Docker answers: running the Docker hello-world');
    return dockerHello(publisher);
  }
  spinner.info('Docker does not answer: running the WebAssembly hello-world');
  return wasmHello(publisher);
}
