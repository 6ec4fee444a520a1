import type { CallOptions, Transport } from '../http/index.js';
import { type JobInput, type JobSpec, toJobInput } from '../spec/index.js';

/** Gives a job its final form, which may depend on the server's release. */
export const buildJob = (
  transport: Transport,
  spec: JobSpec,
  { signal, timeoutMs }: Pick<CallOptions, 'signal' | 'timeoutMs'>,
): Promise<JobInput> =>
  toJobInput(spec, async () => ({ serverRelease: await transport.serverRelease({ signal, timeoutMs }) }));
