import { readFile } from 'node:fs/promises';
import {
  type Bacalhau,
  BacalhauError,
  BadRequestError,
  InvalidJobError,
  type Job,
  type JobHandle,
  NotFoundError,
} from 'bacalhau-sdk';
import { type Context, Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { csrf } from 'hono/csrf';
import { HTTPException } from 'hono/http-exception';
import { secureHeaders } from 'hono/secure-headers';
import { type SSEStreamingApi, streamSSE } from 'hono/streaming';
import { z } from 'zod';
import { sendEvents } from './events.ts';
import { Places, Turns } from './limits.ts';
import { ownHost } from './own-host.ts';
import { jobFor, LABEL, LARGEST_REQUEST, longestSeconds, type Policy, requestSchema } from './policy.ts';

export interface AppOptions {
  /** The client that holds the credentials; browsers never see them. */
  readonly bacalhau: Bacalhau;
  readonly policy: Policy;
  /** The names by which browsers know this server, with their ports, in lower case: `localhost:8080`. */
  readonly hosts: ReadonlySet<string>;
  /** Called with a line for the operator. */
  readonly log: (line: string) => void;
  /** Ends the streams when the server shuts down. */
  readonly signal: AbortSignal;
}

const ENDED = new Set(['Completed', 'Failed', 'Stopped']);
/** Jobs that are older than they can last are not searched for active ones, with some time for clocks that differ. */
const CLOCKS_DIFFER_MS = 300_000;
/** A page of the list of jobs. */
const PAGE_SIZE = 100;
/** How many submissions may wait for their turn. */
const WAITING = 100;

const PAGE = {
  '/': ['index.html', 'text/html'],
  '/page.js': ['page.js', 'text/javascript'],
  '/page.css': ['page.css', 'text/css'],
} as const;

/** Creates a web server for browsers, in front of an orchestrator that they cannot call themselves. */
export function createApp({ bacalhau, policy, hosts, log, signal }: AppOptions): Hono {
  const app = new Hono();
  const submissions = new Turns(WAITING);
  const streams = new Places(policy.streams);
  const schema = requestSchema(policy);
  const ownLabel = `${LABEL.name}=${LABEL.value}`;

  // Add a login here: without one, everyone who can reach this server may run jobs.
  app.use(secureHeaders({ contentSecurityPolicy: { defaultSrc: ["'self'"], imgSrc: ['data:'] } }));
  app.use(ownHost(hosts));
  app.use(csrf()); // Other sites cannot make a visitor's browser submit jobs.

  for (const [path, [file, type]] of Object.entries(PAGE)) {
    app.get(path, async (c) => {
      const text = await readFile(new URL(`page/${file}`, import.meta.url), 'utf8');
      return c.body(text, 200, { 'content-type': `${type}; charset=utf-8` });
    });
  }

  app.get('/offer', (c) => c.json({ images: policy.images, executionSeconds: policy.executionSeconds }));

  app.post('/jobs', bodyLimit({ maxSize: LARGEST_REQUEST, onError: tooLarge }), async (c) => {
    const body: unknown = await c.req.json().catch(() => undefined);
    const request = schema.safeParse(body);
    if (!request.success) return c.json({ message: z.prettifyError(request.error) }, 400);
    const { signal } = c.req.raw;
    // One at a time: many requests at once would all find the same few jobs active.
    const submitted = await submissions.take(async () => {
      if (signal.aborted || !(await hasRoom())) return undefined;
      return bacalhau.jobs.submit(jobFor(request.data, policy), { signal });
    });
    if (submitted === undefined) return c.json({ message: 'Too many jobs are active. Try again in a minute.' }, 429);
    log(`${submitted.id} submitted: ${request.data.engine}`);
    return c.json({ id: submitted.id }, 201);
  });

  app.get('/jobs/:id', async (c) => c.json(summary((await find(c)).job)));

  app.post('/jobs/:id/stop', async (c) => c.json(await (await find(c)).handle.stop('Stopped in the browser.')));

  app.get('/jobs/:id/events', async (c) => {
    // A stream that nobody reads would never end.
    if (c.req.method === 'HEAD') return c.body(null, 405);
    const leave = streams.take();
    if (leave === undefined) return c.json({ message: 'Too many streams are open. Try again in a minute.' }, 429);
    try {
      const { handle } = await find(c);
      // Otherwise proxies such as nginx would buffer the events.
      c.header('X-Accel-Buffering', 'no');
      return streamSSE(c, (stream) => follow(handle, stream).finally(leave));
    } catch (error) {
      leave();
      throw error;
    }
  });

  async function follow(handle: JobHandle, stream: SSEStreamingApi): Promise<void> {
    const gone = new AbortController();
    stream.onAbort(() => gone.abort());
    // Ends writing, too, which would otherwise wait for a browser that does not read.
    const end = () => stream.abort();
    const ended = AbortSignal.any([signal, AbortSignal.timeout(policy.streamSeconds * 1_000)]);
    ended.addEventListener('abort', end);
    if (ended.aborted) end();
    log(`${handle.id}: stream opened`);
    const outcome = await sendEvents(handle, stream, gone.signal);
    ended.removeEventListener('abort', end);
    log(`${handle.id}: stream closed: ${ended.aborted ? 'it was open for too long, or the server ends' : outcome}`);
  }

  /** Whether fewer jobs of this server are active than the policy allows. */
  async function hasRoom(): Promise<boolean> {
    const oldest = Date.now() - longestSeconds(policy) * 1_000 - CLOCKS_DIFFER_MS;
    const newestFirst = { orderBy: 'created_at', reverse: true } as const;
    let active = 0;
    for await (const job of bacalhau.jobs.list({ labels: [ownLabel], ...newestFirst, limit: PAGE_SIZE })) {
      if ((job.CreateTime ?? 0) / 1e6 < oldest) break;
      if (!hasEnded(job)) active += 1;
      if (active >= policy.activeJobs) return false;
    }
    return true;
  }

  /** Finds a job that this server submitted. Other jobs are reported as missing. */
  async function find(c: Context): Promise<{ readonly handle: JobHandle; readonly job: Job }> {
    const id = c.req.param('id') ?? '';
    if (!/^j-[0-9a-f-]{36}$/.test(id)) throw new HTTPException(404);
    const handle = bacalhau.jobs.handle(id);
    const job = await handle.refresh({ signal: c.req.raw.signal });
    if (job.Labels?.[LABEL.name] !== LABEL.value) throw new HTTPException(404);
    return { handle, job };
  }

  app.notFound((c) => c.json({ message: 'Not found.' }, 404));
  app.onError((error, c) => {
    if (error instanceof InvalidJobError) return c.json({ message: error.message }, 400);
    if (error instanceof BadRequestError && c.req.method === 'POST') {
      log(`${c.req.method} ${c.req.path}: ${error.message}`);
      return c.json({ message: 'The network does not accept this job.' }, 400);
    }
    if (error instanceof NotFoundError) return c.json({ message: 'There is no such job.' }, 404);
    if (error instanceof HTTPException) {
      return c.json({ message: error.status === 404 ? 'There is no such job.' : 'This is not allowed.' }, error.status);
    }
    // Browsers are not told what is wrong between this server and the orchestrator.
    log(`${c.req.method} ${c.req.path}: ${error.message}`);
    const known = error instanceof BacalhauError;
    return c.json(
      { message: known ? 'The network is not responding correctly.' : 'Internal server error.' },
      known ? 502 : 500,
    );
  });
  return app;
}

/** The rest of the body stays unread, so the connection cannot be reused. */
const tooLarge = (c: Context) =>
  c.json({ message: `A request may have at most ${LARGEST_REQUEST} bytes.` }, 413, { connection: 'close' });

const hasEnded = ({ State: state }: Job): boolean => ENDED.has(state?.StateType ?? '');
const summary = ({ ID: id, State: state, CreateTime: createTime }: Job) => ({
  id,
  state: state?.StateType,
  createTime,
});
