import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type FaultServer, faultServer, json } from './fault-server.js';

export interface StoreServer extends AsyncDisposable {
  readonly url: string;
  readonly port: number;
  readonly seen: readonly { readonly url: string; readonly headers: IncomingHttpHeaders }[];
}

/** A place of results with the faults that a real one cannot be told to have. `answer` is given the request's number, from 1. */
export async function storeServer(
  answer: (request: IncomingMessage, response: ServerResponse, number: number) => void,
): Promise<StoreServer> {
  const seen: { url: string; headers: IncomingHttpHeaders }[] = [];
  const server = createServer((request, response) => {
    seen.push({ url: request.url ?? '', headers: request.headers });
    response.on('error', () => undefined);
    answer(request, response, seen.length);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    seen,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** An orchestrator that has nothing but the results of one job; `items` is called for every time they are asked for. */
export async function resultsApi(items: (asked: number) => readonly object[]): Promise<FaultServer> {
  let asked = 0;
  const api = await faultServer((response, number) => {
    if (!api.seen[number - 1]?.url.includes('/results')) return json(response, 200, { NextToken: '', Items: [] });
    asked += 1;
    json(response, 200, { NextToken: '', Items: items(asked) });
  });
  return api;
}

export const urlItem = (url: string): object => ({ Type: 'urlDownload', Params: { URL: url } });

/** Serves bytes as a store does that knows ranges; `until` breaks the connection there. */
export function serve(
  request: IncomingMessage,
  response: ServerResponse,
  bytes: Buffer,
  { etag = '"one"', until = bytes.length }: { etag?: string; until?: number } = {},
): void {
  const start = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0);
  const isRange = start > 0 && request.headers['if-range'] === etag;
  const from = isRange ? start : 0;
  response.writeHead(isRange ? 206 : 200, {
    etag,
    'content-type': 'application/gzip',
    'content-length': bytes.length - from,
    ...(isRange && { 'content-range': `bytes ${from}-${bytes.length - 1}/${bytes.length}` }),
  });
  if (until >= bytes.length) {
    response.end(bytes.subarray(from));
  } else {
    // Flushed before the end comes, so that the reader has it.
    response.write(bytes.subarray(from, until), () => setTimeout(() => response.destroy(), 20));
  }
}
