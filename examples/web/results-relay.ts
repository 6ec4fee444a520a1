import { get, type IncomingMessage, type ServerResponse } from 'node:http';
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
      const answer = await ask(url, request, gone.signal);
      const headers = Object.entries(answer.headers).filter(([name]) => ANSWERED.includes(name));
      response.writeHead(answer.statusCode ?? 502, Object.fromEntries(headers));
      await pipeline(answer, response);
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

/** On a connection of its own: nodes close those that are idle for 3 s, which a request may just run into. */
function ask(url: URL, { headers }: IncomingMessage, signal: AbortSignal): Promise<IncomingMessage> {
  const kept = ASKED.flatMap((name) => (typeof headers[name] === 'string' ? [[name, headers[name]] as const] : []));
  return new Promise((resolve, reject) => {
    get(url, { agent: false, headers: Object.fromEntries(kept), signal }, resolve).on('error', reject);
  });
}
