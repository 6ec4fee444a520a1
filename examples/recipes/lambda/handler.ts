import { Bacalhau } from 'bacalhau-sdk';

// Kept between invocations, with its connections.
const bacalhau = new Bacalhau();

/** Waits for a job that an earlier invocation submitted, and returns what it printed. */
export async function handler({ jobId }: { jobId: string }): Promise<{ exitCode: number; stdout: string }> {
  const { exitCode, stdout } = await bacalhau.jobs.handle(jobId).result({ timeoutMs: 20_000 });
  return { exitCode, stdout };
}
