import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import type { RequestHandlerExtra } from '@modelcontextprotocol/sdk/shared/protocol.js';
import type { CallToolResult, ServerNotification, ServerRequest } from '@modelcontextprotocol/sdk/types.js';
import { type Bacalhau, type Job, JobError, type JobHandle, RequestTimeoutError } from 'bacalhau-sdk';
import { z } from 'zod';
import { jobFor, LABEL, OUTPUTS, type Policy } from './policy.ts';

type Call = RequestHandlerExtra<ServerRequest, ServerNotification>;

/** Jobs that are older than they can last are not searched for active ones, with some time for clocks that differ. */
const CLOCKS_DIFFER_MS = 300_000;
const ENDED = new Set(['Completed', 'Failed', 'Stopped']);
const jobId = z
  .string()
  .regex(/^j-[0-9a-f-]{36}$/)
  .describe('The id of a job, as run_job and list_jobs return it');

/** Creates a server that lets an agent list, run, follow, read and stop jobs within the policy. */
export function createServer(bacalhau: Bacalhau, policy: Policy): McpServer {
  const server = new McpServer({ name: 'bacalhau', version: '1.0.0' });
  /** Lists the jobs of this server, newest first. */
  const ownJobs = (options: { readonly limit: number; readonly signal: AbortSignal }) =>
    bacalhau.jobs.list({
      ...{ labels: [`${LABEL.name}=${LABEL.value}`], orderBy: 'created_at', reverse: true },
      ...options,
    });

  /** Finds a job of this server. Those of others are reported as missing. */
  async function find(id: string, signal: AbortSignal): Promise<JobHandle> {
    const handle = bacalhau.jobs.handle(id);
    const job = await handle.refresh({ signal });
    if (job.Labels?.[LABEL.name] !== LABEL.value) throw new Error(`There is no job ${id}.`);
    return handle;
  }

  let submitted: Promise<unknown> = Promise.resolve();
  /** Submits jobs one after the other: requests that come at once would all find room for the same job. */
  function inTurn<T>(submit: () => Promise<T>): Promise<T> {
    const result = submitted.then(submit);
    submitted = result.catch(() => undefined);
    return result;
  }

  async function checkRoom(signal: AbortSignal): Promise<void> {
    const oldest = Date.now() - (policy.queueSeconds + policy.executionSeconds) * 1_000 - CLOCKS_DIFFER_MS;
    let active = 0;
    for await (const job of ownJobs({ limit: 100, signal })) {
      if ((job.CreateTime ?? 0) / 1e6 < oldest) break;
      if (!hasEnded(job)) active += 1;
      if (active >= policy.activeJobs) throw new Error(`${active} jobs are active, which is as many as may be.`);
    }
  }

  server.registerTool(
    'list_jobs',
    {
      description: 'Lists the newest jobs that were run with run_job.',
      inputSchema: {},
      annotations: { readOnlyHint: true },
    },
    async (_, { signal }) => {
      const { items } = await ownJobs({ limit: 20, signal });
      return answer({ jobs: items.map(({ ID, State }) => ({ jobId: ID, state: State?.StateType })) });
    },
  );

  server.registerTool(
    'run_job',
    {
      description: `Runs a command in a Docker image, without a network. Files that it writes to ${OUTPUTS} are kept. Returns what it printed, or after ${policy.followSeconds} s the state that it is in: then go on with follow_job.`,
      inputSchema: {
        image: z.enum(policy.images).describe('The image'),
        command: z.array(z.string().max(4_096)).min(1).max(32).describe('The program and its arguments'),
      },
    },
    async (request, call) => {
      const { signal } = call;
      const job = await inTurn(async () => {
        await checkRoom(signal);
        return bacalhau.jobs.submit(jobFor(request, policy), { signal });
      });
      return follow(job, policy, call);
    },
  );

  server.registerTool(
    'follow_job',
    {
      description: `Waits for the end of a job, for ${policy.followSeconds} s at most, and returns what it printed.`,
      inputSchema: { jobId },
      annotations: { readOnlyHint: true },
    },
    async ({ jobId: id }, call) => follow(await find(id, call.signal), policy, call),
  );

  server.registerTool(
    'read_file',
    {
      description: 'Returns a file of a job that has completed, as text: outputs/NAME, stdout, stderr or exitCode.',
      inputSchema: { jobId, path: z.string().min(1).max(1_024).describe('For example outputs/table.csv') },
      annotations: { readOnlyHint: true },
    },
    async ({ jobId: id, path }, { signal }) => {
      const file = await (await find(id, signal)).file(path, { signal });
      return answer({ path, bytes: file.size, ...(await beginning(file.stream(), policy.answerLength)) });
    },
  );

  server.registerTool(
    'stop_job',
    { description: 'Stops a job.', inputSchema: { jobId }, annotations: { idempotentHint: true } },
    async ({ jobId: id }, { signal }) => {
      const { stopped, state } = await (await find(id, signal)).stop('Stopped by the agent.', { signal });
      return answer({ jobId: id, stopped, stateBefore: state });
    },
  );

  return server;
}

/** Waits for a job as long as the policy lets a tool take, and returns how far it has come. Tells of its output meanwhile. */
async function follow(
  job: JobHandle,
  policy: Policy,
  { signal, _meta, sendNotification }: Call,
): Promise<CallToolResult> {
  let output = '';
  let progress = 0;
  const state = async (): Promise<object> => {
    try {
      const { exitCode } = await job.result({
        ...{ timeoutMs: policy.followSeconds * 1_000, signal },
        ...{ output: 'beginning', throwOnNonZeroExit: false },
        onLog: async ({ text }) => {
          // The end of the output says most.
          output = (output + text).slice(-policy.answerLength);
          if (_meta?.progressToken === undefined) return;
          progress += 1;
          const params = { progressToken: _meta.progressToken, progress, message: text };
          await sendNotification({ method: 'notifications/progress', params });
        },
      });
      return { state: 'Completed', exitCode };
    } catch (error) {
      if (error instanceof JobError) return { state: error.job.State?.StateType, reason: error.message };
      if (error instanceof RequestTimeoutError) return { state: (await job.refresh({ signal })).State?.StateType };
      throw error;
    }
  };
  const reached = await state();
  return answer({ jobId: job.id, ...reached, output });
}

/** Reads the beginning of a file, and no more of it. */
async function beginning(content: ReadableStream<Uint8Array>, length: number) {
  let text = '';
  const decoder = new TextDecoder();
  for await (const chunk of content) {
    text += decoder.decode(chunk, { stream: true });
    // Leaving the loop closes the connection.
    if (text.length > length) return { content: text.slice(0, length), isWhole: false };
  }
  return { content: text + decoder.decode(), isWhole: true };
}

const answer = (value: object): CallToolResult => ({
  content: [{ type: 'text', text: JSON.stringify(value, undefined, 2) }],
});

const hasEnded = ({ State: state }: Job): boolean => ENDED.has(state?.StateType ?? '');
