import { Bacalhau } from 'bacalhau-sdk';

/** What a page does: it shows what a job prints. */
export async function showOutput(baseUrl: string, jobId: string): Promise<string> {
  const bacalhau = new Bacalhau({ baseUrl });
  let shown = '';
  for await (const { text } of bacalhau.jobs.handle(jobId).logs({ follow: true })) shown += text;
  return shown;
}
