import type { Job } from 'bacalhau-apiclient';
import { InvalidArgumentError, InvalidJobError } from '../errors/index.js';
import type { CallOptions } from '../http/index.js';
import { type JobParts, SubmittedJob } from '../job/index.js';
import { checkJob, fingerprintOf, type JobSpec } from '../spec/index.js';
import { fanOut } from './fan-out.js';
import { collectRun } from './late.js';
import type { MapItem, MapOptions } from './map-options.js';
import type { OfferedPublishers } from './publisher.js';
import { offeredPublishers, runJob } from './run-job.js';

/** What a fan-out's function makes of an input. */
type ToSpec<Input> = (input: Input, index: number) => JobSpec | Promise<JobSpec>;

export interface MapParts extends JobParts {
  readonly namespace: string;
  readonly toJob: (spec: JobSpec, call: CallOptions) => Promise<Job>;
}

/** Runs a job for each input, and gives what became of them in the order in which they end. */
export function mapJobs<Input>(
  inputs: Iterable<Input> | AsyncIterable<Input>,
  toSpec: ToSpec<Input>,
  { namespace, toJob, ...parts }: MapParts,
  options: MapOptions,
): AsyncIterator<MapItem<Input>, void> {
  if (typeof toSpec !== 'function') {
    throw new InvalidArgumentError('toSpec', 'is no function. Give one that makes the job of an input.');
  }
  const { transport } = parts;
  const publishers = askedOnce(offeredPublishers(transport));
  return fanOut(
    inputs,
    {
      transport,
      namespace,
      list: (query) => parts.jobs.list(query),
      toJob: async (input, index, call) => {
        const job = await toJob(await toSpec(input, index), call);
        checkJob(job);
        checkNamespace(job, namespace);
        return { job, fingerprint: await fingerprintOf(job) };
      },
      submit: (job, fingerprint, intent) =>
        runJob({ ...parts, publishers }, job, { ...intent, fingerprint, isFresh: true, waitsForServer: true }),
      resume: (id, intent) => {
        const earlier = { id, namespace, attempts: 0, deduplicated: true, warnings: [] };
        return collectRun(new SubmittedJob(parts, earlier), transport, undefined, intent);
      },
    },
    options,
  );
}

/** Of many jobs that are submitted together, one asks for all. */
function askedOnce(ask: OfferedPublishers): OfferedPublishers {
  let answer: ReturnType<OfferedPublishers> | undefined;
  return (signal) => {
    answer ??= ask(signal).catch((error: unknown) => {
      answer = undefined;
      throw error;
    });
    return answer;
  };
}

function checkNamespace({ Namespace }: Job, namespace: string): void {
  if (Namespace === undefined || Namespace === namespace) return;
  throw new InvalidJobError(
    'Job.Namespace',
    `is ${JSON.stringify(Namespace)}, but the jobs of this fan-out are in ${JSON.stringify(namespace)}. Leave it out, or give the option namespace.`,
  );
}
