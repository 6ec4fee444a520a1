import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { raceAbort } from '../../util/index.js';
import type { ByteRange, FileServer, ServedFile, ServerAddress } from '../platform.js';

/** A server, for the files of one address. */
interface SharedServer {
  readonly server: Server;
  readonly port: number;
  readonly files: Map<string, { readonly file: ServedFile; readonly responses: Set<ServerResponse> }>;
}

/** By address. One for several files: a port can be opened once. */
const servers = new Map<string, Promise<SharedServer>>();

/** Serves a file to whoever knows its URL. The last file that is closed closes the server. */
export async function serveFile(file: ServedFile, address: ServerAddress): Promise<FileServer> {
  const key = `${address.host} ${address.port}`;
  const opening = servers.get(key) ?? open(address);
  servers.set(key, opening);
  let shared: SharedServer;
  try {
    shared = await opening;
  } catch (error) {
    if (servers.get(key) === opening) servers.delete(key);
    throw error;
  }
  const { server, port, files } = shared;
  // The last of its other files may have been closed meanwhile.
  if (servers.get(key) !== opening) return serveFile(file, address);
  const responses = new Set<ServerResponse>();
  files.set(file.path, { file, responses });
  return {
    port,
    close() {
      files.delete(file.path);
      for (const response of responses) response.destroy();
      if (files.size > 0 || servers.get(key) !== opening) return;
      servers.delete(key);
      server.close();
      server.closeAllConnections();
    },
  };
}

async function open({ host, port }: ServerAddress): Promise<SharedServer> {
  const files: SharedServer['files'] = new Map();
  const server = createServer((request, response) => {
    // Whoever asks may hang up at any time.
    response.on('error', () => undefined);
    const served = files.get(request.url ?? '');
    if (served === undefined) {
      response.writeHead(404).end();
      return;
    }
    served.responses.add(response);
    response.once('close', () => served.responses.delete(response));
    answer(request, response, served.file).catch(() => response.destroy());
  });
  await new Promise<void>((resolve, reject) => {
    // Later ones are of connections that could not be accepted.
    server.on('error', reject);
    server.listen(port, host, resolve);
  });
  // A program that has nothing else to do may end.
  server.unref();
  server.on('connection', (socket) => socket.unref());
  const address = server.address();
  if (address === null || typeof address === 'string') throw new TypeError('The server has no port.');
  return { server, port: address.port, files };
}

async function answer({ method, headers }: IncomingMessage, response: ServerResponse, file: ServedFile): Promise<void> {
  const { size } = file;
  if (method !== 'GET' && method !== 'HEAD') {
    response.writeHead(405, { allow: 'GET, HEAD' }).end();
    return;
  }
  const etag = `"${file.etag}"`;
  const isCurrent = headers['if-range'] === undefined || headers['if-range'] === etag;
  const part = method === 'GET' && isCurrent ? rangeOf(headers.range, size) : undefined;
  const common = { etag, 'accept-ranges': 'bytes', 'content-type': 'application/octet-stream' };
  if (part === 'unsatisfiable') {
    response.writeHead(416, { ...common, 'content-range': `bytes */${size}` }).end();
    return;
  }
  const { start, end } = part ?? { start: 0, end: size };
  response.writeHead(part === undefined ? 200 : 206, {
    ...common,
    'content-length': end - start,
    ...(part !== undefined && { 'content-range': `bytes ${start}-${end - 1}/${size}` }),
  });
  if (method === 'GET' && start < end) await send(response, file.read({ start, end }));
  response.end();
}

/** Sends each chunk before the next one is read. */
async function send(response: ServerResponse, chunks: AsyncIterable<Uint8Array>): Promise<void> {
  const hungUp = new AbortController();
  response.once('close', () => hungUp.abort());
  for await (const chunk of chunks) {
    const written = new Promise<void>((resolve, reject) => {
      response.write(chunk, (error) => (error ? reject(error) : resolve()));
    });
    await raceAbort(written, hungUp.signal);
  }
}

/** Reads a `Range` of one part (RFC 9110, 14.2); undefined for none, and for those that need not be honoured. */
function rangeOf(value: string | undefined, size: number): ByteRange | 'unsatisfiable' | undefined {
  const [, from = '', to = ''] = /^bytes=(\d*)-(\d*)$/.exec(value ?? '') ?? [];
  if (from === '' && to === '') return undefined;
  if (from === '')
    return Number(to) === 0 || size === 0 ? 'unsatisfiable' : { start: Math.max(0, size - Number(to)), end: size };
  const start = Number(from);
  const end = to === '' ? size : Math.min(Number(to) + 1, size);
  if (start >= size) return 'unsatisfiable';
  return start < end ? { start, end } : undefined;
}
