import { InvalidArgumentError, InvalidJobError } from '../errors/index.js';
import type { Dialect } from './dialects.js';
import { encodeCanonically } from './encode/encode.js';
import type { LegacyJob } from './options.js';

interface Submission {
  readonly clientId: string;
  readonly job: LegacyJob;
  readonly context: string | undefined;
}

/**
 * Returns the text of a submission's payload, which is both sent and signed.
 *
 * @throws {InvalidJobError} naming the field.
 */
export function submitPayload(dialect: Dialect, { clientId, job, context }: Submission): string {
  const spec = publisherOf(dialect, checkSpec(job));
  const { Deal = spec.Deal, ExecutionPlan = spec.ExecutionPlan, APIVersion = dialect.apiVersion } = job;
  const shared = { Deal: Deal ?? { Concurrency: 1 }, ExecutionPlan };
  if (dialect.dealIn === 'Job') {
    const { Deal: _deal, ExecutionPlan: _plan, ...rest } = spec;
    return write(dialect, { ClientID: clientId, Job: { APIVersion, Spec: rest, ...shared }, Context: context });
  }
  if (context !== undefined && dialect.canonical?.fields['Context'] === undefined) {
    throw new InvalidArgumentError(
      'context',
      'is not supported by servers from 0.3.17 on. Publish the files and name them in Spec.inputs.',
    );
  }
  return write(dialect, { ClientID: clientId, APIVersion, Spec: { ...spec, ...shared }, Context: context });
}

/** Returns the text of a cancellation's payload. All servers that have the call verify the bytes that are sent. */
export function cancelPayload(clientId: string, jobId: string, reason: string | undefined): string {
  return JSON.stringify({ ClientID: clientId, JobID: jobId, Reason: reason });
}

function write({ canonical }: Dialect, payload: object): string {
  return canonical === undefined ? JSON.stringify(payload) : encodeCanonically(canonical, payload);
}

/** Returns the `Spec` of a job, without which these servers close the connection without a response. */
function checkSpec(job: LegacyJob | undefined): LegacyJob['Spec'] {
  const Spec = job?.Spec;
  if (typeof Spec !== 'object' || Spec === null || Array.isArray(Spec) || Object.keys(Spec).length === 0) {
    throw new InvalidJobError('Spec', 'is missing or empty. Set what to run: { Engine, Verifier, Publisher, … }.');
  }
  return Spec;
}

/** Renames `Publisher` for servers from 0.3.26 on, which reject a job with only the old field: "unknown publisher". */
function publisherOf({ publisherSpec }: Dialect, spec: LegacyJob['Spec']): LegacyJob['Spec'] {
  const { Publisher, ...rest } = spec;
  return publisherSpec && Publisher !== undefined && rest.PublisherSpec === undefined
    ? { ...rest, PublisherSpec: { Type: Publisher } }
    : spec;
}
