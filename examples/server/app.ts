import { readFile } from 'node:fs/promises';
import { type Bacalhau, BacalhauError, type Job, type JobHandle, NotFoundError } from 'bacalhau-sdk';
import { type Context, Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { csrf } from 'hono/csrf';
import { HTTPException } from 'hono/http-exception';
import { secureHeaders } from 'hono/secure-headers';
import { streamSSE } from 'hono/streaming';
import { z } from 'zod';
import { sendEvents } from './events.ts';
import { jobFor, LABEL, LARGEST_REQUEST, type Policy, requestSchema } from './policy.ts';

export interface AppOptions {
  /** The client that holds the credentials; browsers never see them. */
  readonly bacalhau: Bacalhau;
  readonly policy: Policy;
  /** Called with a line for the operator. */
  readonly log: (line: string) => void;
  /** Ends the streams when the server shuts down. */
  readonly signal: AbortSignal;
}

const ENDED = new Set(['Completed', 'Failed', 'Stopped']);
/** How many of this server's newest jobs are searched for active ones. */
const SEARCHED = 100;

const PAGE = {
  '/': ['index.html', 'text/html'],
  '/page.js': ['page.js', 'text/javascript'],
  '/page.css': ['page.css', 'text/css'],
} as const;

/** Creates a web server for browsers, in front of an orchestrator that they cannot call themselves. */
export function createApp({ bacalhau, policy, log, signal }: AppOptions): Hono {
  const app = new Hono();
  const schema = requestSchema(policy);
  const ownLabel = `${LABEL.name}=${LABEL.value}`;

  // Add a login here: without one, everyone who can reach this server may run jobs.
  app.use(secureHeaders({ contentSecurityPolicy: { defaultSrc: ["'self'"], imgSrc: ['data:'] } }));
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
    const { items } = await bacalhau.jobs.list({
      labels: [ownLabel],
      orderBy: 'created_at',
      reverse: true,
      limit: SEARCHED,
    });
    if (items.filter((job) => !hasEnded(job)).length >= policy.activeJobs) {
      return c.json({ message: 'Too many jobs are active. Try again in a minute.' }, 429);
    }
    const job = await bacalhau.jobs.submit(jobFor(request.data, policy), { signal: c.req.raw.signal });
    log(`${job.id} submitted: ${request.data.engine}`);
    return c.json({ id: job.id }, 201);
  });

  app.get('/jobs/:id', async (c) => c.json(summary((await find(c)).job)));

  app.post('/jobs/:id/stop', async (c) => c.json(await (await find(c)).handle.stop('Stopped in the browser.')));

  app.get('/jobs/:id/events', async (c) => {
    const { handle } = await find(c);
    // Otherwise proxies such as nginx would buffer the events.
    c.header('X-Accel-Buffering', 'no');
    return streamSSE(c, async (stream) => {
      const gone = new AbortController();
      stream.onAbort(() => gone.abort());
      log(`${handle.id}: stream opened`);
      const outcome = await sendEvents(handle, stream, AbortSignal.any([gone.signal, signal]));
      log(`${handle.id}: stream closed: ${outcome}`);
    });
  });

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
