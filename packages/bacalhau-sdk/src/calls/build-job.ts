import type { CallOptions, Transport } from '../http/index.js';
import {
  type ClientBuildContext,
  checkJob,
  hasOldVariableNames,
  type JobCheckOptions,
  type JobInput,
  type JobSpec,
  toJobInput,
} from '../spec/index.js';

/**
 * Gives a job its final form, which may depend on the server's release, and checks it.
 *
 * @throws {InvalidJobError} naming the field that is wrong.
 */
export async function buildJob(
  transport: Transport,
  spec: JobSpec,
  { signal, timeoutMs, allowUnknownFields }: Pick<CallOptions, 'signal' | 'timeoutMs'> & JobCheckOptions,
): Promise<JobInput> {
  const serverRelease = () => transport.serverRelease({ signal, timeoutMs });
  const job: JobInput = await toJobInput(spec, async () => {
    const context: ClientBuildContext = { serverRelease: await serverRelease(), signal, timeoutMs, transport };
    return context;
  });
  checkJob(job, { allowUnknownFields, ...(hasOldVariableNames(job) && { serverRelease: await serverRelease() }) });
  return job;
}
