import { Bacalhau, parseJob } from 'bacalhau-sdk';

/** What a function of an edge runtime is asked to do. */
export interface EdgeRequest {
  readonly baseUrl: string;
  /** Where the server wants one. */
  readonly apiKey?: string;
  /** A job file. */
  readonly job: string;
}

/**
 * What a function does for a request: there are no files, and what belongs to one request is not for another. A step that
 * fails is reported by its error, so that one limit of a runtime hides no other.
 */
export async function work({ baseUrl, apiKey, job: text }: EdgeRequest): Promise<Record<string, unknown>> {
  const bacalhau = new Bacalhau({ baseUrl, ...(apiKey !== undefined && { auth: { apiKey } }) });
  const job = await bacalhau.jobs.submit(await parseJob(text));
  const steps: Record<string, () => Promise<unknown>> = {
    wait: async () => (await job.wait({ timeoutMs: 60_000 })).State?.StateType,
    run: async () => {
      const { exitCode, stdout } = await bacalhau.jobs.run(await parseJob(text), { timeoutMs: 60_000 });
      return { exitCode, stdout };
    },
    results: async () => (await job.typedResults()).map(({ type }) => type),
    files: async () => {
      const sizes: Record<string, number> = {};
      for await (const file of job.files()) sizes[file.path] = (await file.bytes()).length;
      return sizes;
    },
    logs: async () => {
      let printed = '';
      for await (const { text } of job.logs()) printed += text;
      return printed;
    },
    download: async () => (await job.download('results')).files.length,
  };
  const report: Record<string, unknown> = {};
  for (const [name, step] of Object.entries(steps)) {
    report[name] = await step().catch((error: unknown) => String(error));
  }
  await bacalhau.close();
  return report;
}
