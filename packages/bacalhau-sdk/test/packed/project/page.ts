import { Bacalhau, parseJob } from 'bacalhau-sdk';

declare global {
  /** Set by who loads the page. */
  var settings: { readonly baseUrl: string; readonly job: string };
  /** What came of it. */
  var report: Promise<unknown>;
}

/** What a page does: no files, no environment, no Node. */
async function work(): Promise<unknown> {
  const { baseUrl, job: text } = globalThis.settings;
  const bacalhau = new Bacalhau({ baseUrl });
  const job = await bacalhau.jobs.submit(await parseJob(text));
  let printed = '';
  for await (const { text } of job.logs({ follow: true })) printed += text;
  const { State } = await job.wait({ timeoutMs: 60_000 });
  const streamed: Record<string, number> = {};
  for await (const file of job.files()) streamed[file.path] = (await file.bytes()).length;
  return { state: State?.StateType, printed, streamed };
}

globalThis.report = work();
