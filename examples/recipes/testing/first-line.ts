import type { Bacalhau, JobSpec } from 'bacalhau-sdk';

/** The code under test: it is given its client. */
export async function firstLine(bacalhau: Bacalhau, spec: JobSpec): Promise<string> {
  const { stdout } = await bacalhau.jobs.run(spec);
  return stdout.split('\n')[0] ?? '';
}
