import { get, type IncomingMessage, type ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { Bacalhau, BacalhauError } from 'bacalhau-sdk';
import type { Plugin } from 'vite';

/** The request headers that the SDK needs to resume a transfer. */
const REQUEST_HEADERS = ['range', 'if-range'];
const RESPONSE_HEADERS = ['content-type', 'content-length', 'content-range', 'accept-ranges', 'etag', 'last-modified'];

/**
 * Forwards results of the publisher `local`, at `/results/JOB/FILE`: compute nodes serve them without CORS headers, so a page
 * cannot read them there. It fetches only what the orchestrator lists as a result of the job, so it cannot be used to reach
 * other addresses.
 */
export function resultsRelay(): Plugin {
  const bacalhau = new Bacalhau();

  async function relay(request: IncomingMessage, response: ServerResponse, next: () => void): Promise<void> {
    const [, jobId, file] = /^\/results\/([^/?]+)(\/[^?]+)$/.exec(request.url ?? '') ?? [];
    if (jobId === undefined || file === undefined || request.method !== 'GET') return next();
    const gone = new AbortController();
    response.on('close', () => gone.abort());
    try {
      const results = await bacalhau.jobs.handle(decodeURIComponent(jobId)).typedResults({ signal: gone.signal });
      const urls = results.flatMap((result) => (result.type === 'url' ? [new URL(result.url)] : []));
      const url = urls.find(({ pathname }) => pathname === file);
      if (url === undefined) {
        response.writeHead(404).end('The job has no such result.');
        return;
      }
      const upstream = await requestUpstream(url, request, gone.signal);
      const headers = Object.entries(upstream.headers).filter(([name]) => RESPONSE_HEADERS.includes(name));
      response.writeHead(upstream.statusCode ?? 502, Object.fromEntries(headers));
      await pipeline(upstream, response);
    } catch (error) {
      if (gone.signal.aborted) return;
      if (response.headersSent) response.destroy();
      else
        response
          .writeHead(502)
          .end(error instanceof BacalhauError ? error.message : 'The node with the result is unreachable.');
    }
  }

  const use = ({ middlewares }: { middlewares: { use(handler: typeof relay): unknown } }): void => {
    middlewares.use(relay);
  };
  return { name: 'results-relay', configureServer: use, configurePreviewServer: use };
}

/** Opens a connection for each request: nodes close idle ones after 3 s, possibly while a request is being sent. */
function requestUpstream(url: URL, { headers }: IncomingMessage, signal: AbortSignal): Promise<IncomingMessage> {
  const kept = REQUEST_HEADERS.flatMap((name) =>
    typeof headers[name] === 'string' ? [[name, headers[name]] as const] : [],
  );
  return new Promise((resolve, reject) => {
    get(url, { agent: false, headers: Object.fromEntries(kept), signal }, resolve).on('error', reject);
  });
}
