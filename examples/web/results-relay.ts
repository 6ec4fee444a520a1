import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Bacalhau, BacalhauError } from 'bacalhau-sdk';
import type { Plugin } from 'vite';

/** What the SDK needs to go on with a transfer that broke. */
const ASKED = ['range', 'if-range'];
const ANSWERED = ['content-type', 'content-length', 'content-range', 'accept-ranges', 'etag', 'last-modified'];

/**
 * Hands on what the publisher `local` keeps, at `/results/JOB/FILE`: compute nodes serve it without CORS headers, so a page
 * cannot read it from them. It goes only where the orchestrator says that a result of the job is, so nobody can send it
 * elsewhere.
 */
export function resultsRelay(): Plugin {
  const bacalhau = new Bacalhau();

  async function relay(request: IncomingMessage, response: ServerResponse, next: () => void): Promise<void> {
    const [, jobId, file] = /^\/results\/([^/?]+)(\/[^?]+)$/.exec(request.url ?? '') ?? [];
    if (jobId === undefined || file === undefined || request.method !== 'GET') return next();
    const gone = new AbortController();
    response.on('close', () => gone.abort());
    try {
      const results = await bacalhau.job(decodeURIComponent(jobId)).results({ signal: gone.signal });
      const place = results.flatMap((result) => (result.type === 'url' ? [new URL(result.url)] : []));
      const url = place.find(({ pathname }) => pathname === file);
      if (url === undefined) {
        response.writeHead(404).end('The job has no such result.');
        return;
      }
      const answer = await fetch(url, { headers: headersOf(request), signal: gone.signal });
      const headers = [...answer.headers].filter(([name]) => ANSWERED.includes(name));
      response.writeHead(answer.status, Object.fromEntries(headers));
      if (answer.body === null) response.end();
      else await pipeline(Readable.fromWeb(answer.body), response);
    } catch (error) {
      if (gone.signal.aborted) return;
      if (response.headersSent) response.destroy();
      else
        response
          .writeHead(502)
          .end(error instanceof BacalhauError ? error.message : 'The node with the result cannot be reached.');
    }
  }

  const use = ({ middlewares }: { middlewares: { use(handler: typeof relay): unknown } }): void => {
    middlewares.use(relay);
  };
  return { name: 'results-relay', configureServer: use, configurePreviewServer: use };
}

function headersOf({ headers }: IncomingMessage): Record<string, string> {
  const kept = ASKED.flatMap((name) => (typeof headers[name] === 'string' ? [[name, headers[name]] as const] : []));
  return Object.fromEntries(kept);
}
