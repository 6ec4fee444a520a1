import { pipeline } from 'node:stream/promises';
import { type Bacalhau, DownloadError, NotFoundError } from 'bacalhau-sdk';
import express, { type ErrorRequestHandler, type Express } from 'express';
import { eventsOf } from '../events.ts';

/** Creates a web server that streams the output of jobs and the files of their results. */
export function createApp(bacalhau: Bacalhau): Express {
  const app = express();

  app.get('/jobs/:id/events', async (request, response) => {
    const job = bacalhau.jobs.handle(request.params.id);
    await job.refresh(); // an unknown job is an error before anything is sent
    const gone = new AbortController();
    response.on('close', () => gone.abort());
    response.writeHead(200, { 'content-type': 'text/event-stream', 'x-accel-buffering': 'no' });
    await pipeline(eventsOf(job, gone.signal), response);
  });

  app.get('/jobs/:id/files/*path', async (request, response) => {
    const { id, path } = request.params;
    const file = await bacalhau.jobs.handle(id).file(path.join('/'));
    response.writeHead(200, { 'content-type': 'application/octet-stream', 'content-length': file.size });
    await pipeline(file.stream(), response);
  });

  const onError: ErrorRequestHandler = (error, _request, response, next) => {
    if (response.headersSent || response.destroyed) return next(error);
    response.status(isMissing(error) ? 404 : 502).json({ message: 'There is no such job or file.' });
  };
  app.use(onError);
  return app;
}

const isMissing = (error: unknown): boolean =>
  error instanceof NotFoundError || (error instanceof DownloadError && error.reason === 'no-match');
