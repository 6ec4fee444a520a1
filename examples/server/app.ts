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
  /** Has the credentials; they stay here. */
  readonly bacalhau: Bacalhau;
  readonly policy: Policy;
  /** Gets a line for what an operator wants to know. */
  readonly log: (line: string) => void;
  /** Ends the streams when the server is to end. */
  readonly signal: AbortSignal;
}

const ENDED = new Set(['Completed', 'Failed', 'Stopped']);
/** Jobs of this server that are looked through for those under way, and shown. */
const LOOKED_AT = 100;

const PAGE = {
  '/': ['index.html', 'text/html'],
  '/page.js': ['page.js', 'text/javascript'],
  '/page.css': ['page.css', 'text/css'],
} as const;

/** A web server for browsers, in front of an orchestrator that they could not talk to themselves. */
export function createApp({ bacalhau, policy, log, signal }: AppOptions): Hono {
  const app = new Hono();
  const schema = requestSchema(policy);
  const ours = `${LABEL.name}=${LABEL.value}`;

  // Here is the place for a login of your own: without one everybody who reaches this server may run jobs.
  app.use(secureHeaders({ contentSecurityPolicy: { defaultSrc: ["'self'"], imgSrc: ['data:'] } }));
  app.use(csrf()); // Other sites cannot make a visitor's browser submit.

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
      labels: [ours],
      orderBy: 'created_at',
      reverse: true,
      limit: LOOKED_AT,
    });
    if (items.filter((job) => !hasEnded(job)).length >= policy.underWay) {
      return c.json({ message: 'Too many jobs are under way. Try again in a minute.' }, 429);
    }
    const job = await bacalhau.jobs.submit(jobFor(request.data, policy), { signal: c.req.raw.signal });
    log(`${job.id} submitted: ${request.data.engine}`);
    return c.json({ id: job.id }, 201);
  });

  app.get('/jobs/:id', async (c) => c.json(summary((await find(c)).job)));

  app.post('/jobs/:id/stop', async (c) => c.json(await (await find(c)).handle.stop('Stopped in the browser.')));

  app.get('/jobs/:id/events', async (c) => {
    const { handle } = await find(c);
    // Proxies such as nginx would else collect what is meant to arrive at once.
    c.header('X-Accel-Buffering', 'no');
    return streamSSE(c, async (stream) => {
      const gone = new AbortController();
      stream.onAbort(() => gone.abort());
      log(`${handle.id} is followed`);
      const how = await sendEvents(handle, stream, AbortSignal.any([gone.signal, signal]));
      log(`${handle.id} is not followed any more: ${how}`);
    });
  });

  /** Any other job than ours is as good as none. */
  async function find(c: Context): Promise<{ readonly handle: JobHandle; readonly job: Job }> {
    const id = c.req.param('id') ?? '';
    if (!/^j-[0-9a-f-]{36}$/.test(id)) throw new HTTPException(404);
    const handle = bacalhau.job(id);
    const job = await handle.refresh({ signal: c.req.raw.signal });
    if (job.Labels?.[LABEL.name] !== LABEL.value) throw new HTTPException(404);
    return { handle, job };
  }

  app.notFound((c) => c.json({ message: 'There is no such thing here.' }, 404));
  app.onError((error, c) => {
    if (error instanceof NotFoundError) return c.json({ message: 'There is no such job.' }, 404);
    if (error instanceof HTTPException) {
      return c.json({ message: error.status === 404 ? 'There is no such job.' : 'That is not allowed.' }, error.status);
    }
    // What is wrong between here and the orchestrator is not for browsers to know.
    log(`${c.req.method} ${c.req.path}: ${error.message}`);
    const known = error instanceof BacalhauError;
    return c.json(
      { message: known ? 'The network does not answer as it should.' : 'The server failed.' },
      known ? 502 : 500,
    );
  });
  return app;
}

/** The rest of it stays unread, so the connection is good for nothing more. */
const tooLarge = (c: Context) =>
  c.json({ message: `A request may have ${LARGEST_REQUEST} bytes.` }, 413, { connection: 'close' });

const hasEnded = ({ State: state }: Job): boolean => ENDED.has(state?.StateType ?? '');
const summary = ({ ID: id, State: state, CreateTime: createTime }: Job) => ({
  id,
  state: state?.StateType,
  createTime,
});
