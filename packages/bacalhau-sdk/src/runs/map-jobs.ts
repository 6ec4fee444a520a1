import { listJobs } from '../calls/index.js';
import { InvalidArgumentError, InvalidJobError } from '../errors/index.js';
import type { ApiResource } from '../http/index.js';
import type { JobParts } from '../job/index.js';
import { fingerprintOf, type JobInput, type JobSpec } from '../spec/index.js';
import { fanOut } from './fan-out.js';
import { JobRun } from './job-run.js';
import type { MapItem, MapOptions } from './options.js';
import { publisherLister, shared } from './publisher.js';

/** Makes the job of an input. */
type ToSpec<Input> = (input: Input, index: number) => JobSpec | Promise<JobSpec>;

export interface MapContext extends JobParts {
  readonly api: ApiResource;
  readonly build: (spec: JobSpec, signal: AbortSignal) => Promise<JobInput>;
}

/** Runs a job for each input, and gives their outcomes in the order in which the jobs end. */
export function mapJobs<Input>(
  inputs: Iterable<Input> | AsyncIterable<Input>,
  toSpec: ToSpec<Input>,
  { build, ...parts }: MapContext,
  options: MapOptions<Input>,
): AsyncIterator<MapItem<Input>, void> {
  if (typeof toSpec !== 'function') {
    throw new InvalidArgumentError('toSpec', 'must be a function. Pass one that returns the job of an input.');
  }
  const { transport, api } = parts;
  const namespace = api.requiredNamespace({ namespace: options.namespace });
  const context = { ...parts, listPublishers: shared(publisherLister(transport), options.signal) };
  return fanOut(
    inputs,
    {
      transport,
      namespace,
      list: (query) => listJobs(api, query),
      toJob: async (input, index, signal) => {
        const job = await build(await toSpec(input, index), signal);
        checkNamespace(job, namespace);
        return { job, fingerprint: await fingerprintOf(job) };
      },
      submit: (job, fingerprint, intent) =>
        new JobRun(context, intent).submit(async () => ({ job, fingerprint, isFresh: true, waitsForServer: true })),
      resume: (id, intent) => new JobRun(context, intent).resume(id, namespace),
    },
    options,
  );
}

function checkNamespace({ Namespace }: JobInput, namespace: string): void {
  if (Namespace === undefined || Namespace === namespace) return;
  throw new InvalidJobError(
    'Job.Namespace',
    `is ${JSON.stringify(Namespace)}, but the jobs of this fan-out are in ${JSON.stringify(namespace)}. Leave it out, or set the option namespace.`,
  );
}
