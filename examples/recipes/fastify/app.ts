import { Readable } from 'node:stream';
import { type Bacalhau, DownloadError, NotFoundError } from 'bacalhau-sdk';
import { type FastifyInstance, fastify } from 'fastify';
import { eventsOf } from '../events.ts';

/** Creates a web server that streams the output of jobs and the files of their results. */
export function createApp(bacalhau: Bacalhau): FastifyInstance {
  const app = fastify();

  app.get<{ Params: { id: string } }>('/jobs/:id/events', async (request, reply) => {
    const job = bacalhau.jobs.handle(request.params.id);
    await job.refresh(); // an unknown job is an error before anything is sent
    const gone = new AbortController();
    reply.raw.on('close', () => gone.abort());
    reply.header('content-type', 'text/event-stream').header('x-accel-buffering', 'no');
    return reply.send(Readable.from(eventsOf(job, gone.signal)));
  });

  app.get<{ Params: { id: string; '*': string } }>('/jobs/:id/files/*', async (request, reply) => {
    const { id, '*': path } = request.params;
    const file = await bacalhau.jobs.handle(id).file(path);
    reply.header('content-type', 'application/octet-stream').header('content-length', file.size);
    return reply.send(file.stream());
  });

  app.setErrorHandler((error, _request, reply) => {
    const isMissing = error instanceof NotFoundError || (error instanceof DownloadError && error.reason === 'no-match');
    return reply.status(isMissing ? 404 : 502).send({ message: 'There is no such job or file.' });
  });
  return app;
}
