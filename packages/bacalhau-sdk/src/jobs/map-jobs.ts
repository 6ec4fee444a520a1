import type { Job } from 'bacalhau-apiclient';
import { InvalidJobError } from '../errors/index.js';
import { fanOut, type MapItem, type MapOptions } from '../fan-out/index.js';
import { collectRun, type JobParts, type OfferedPublishers, SubmittedJob } from '../job/index.js';
import { checkJob, fingerprintOf } from '../spec/index.js';
import type { CallOptions } from '../transport/index.js';
import { offeredPublishers, runOnce } from './run-once.js';

export interface MapParts<Input> extends JobParts {
  readonly namespace: string;
  readonly toJob: (input: Input, index: number, call: CallOptions) => Promise<Job>;
}

/** Runs a job for each input, and gives what became of them in the order in which they end. */
export function mapJobs<Input>(
  inputs: Iterable<Input> | AsyncIterable<Input>,
  { namespace, toJob, ...parts }: MapParts<Input>,
  options: MapOptions,
): AsyncIterator<MapItem<Input>, void> {
  const { transport } = parts;
  const publishers = askedOnce(offeredPublishers(transport));
  return fanOut(
    inputs,
    {
      transport,
      namespace,
      list: (query) => parts.jobs.list(query),
      toJob: async (input, index, call) => {
        const job = await toJob(input, index, call);
        await checkJob(job);
        checkNamespace(job, namespace);
        return { job, fingerprint: await fingerprintOf(job) };
      },
      submit: (job, fingerprint, intent) =>
        runOnce({ ...parts, publishers }, job, { ...intent, fingerprint, isFresh: true, outlastsOutage: true }),
      takeUp: (id, intent) => {
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
