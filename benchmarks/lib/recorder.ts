/** Stands in front of a server, passes everything on, and tells what was asked and answered. */
import { Agent, createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface RecordedRequest {
  readonly method: string;
  /** With its query. */
  readonly path: string;
  readonly requestBody: string;
}

export interface Exchange extends RecordedRequest {
  readonly status: number;
  readonly body: string;
}

export interface RecorderOptions {
  /** Told of each request before the server has it: its answer may never come. */
  readonly onRequest: (request: RecordedRequest) => void;
  /** Told of each whole answer before the client has it. */
  readonly onExchange: (exchange: Exchange) => void;
}

export interface Recorder extends AsyncDisposable {
  /** To be used in place of the target. */
  readonly url: string;
}

/** WebSockets are refused. */
export async function startRecorder(target: string, { onRequest, onExchange }: RecorderOptions): Promise<Recorder> {
  const { hostname, port } = new URL(target);
  const agent = new Agent({ keepAlive: true });
  const server = createServer((incoming: IncomingMessage, outgoing: ServerResponse) => {
    const { method = '', url: path = '', headers } = incoming;
    const lost = (): void => void incoming.socket.destroy();
    collect(incoming, (bytes) => {
      const requestBody = bytes.toString();
      onRequest({ method, path, requestBody });
      const upstream = request({ hostname, port, method, path, headers, agent }, (response) => {
        response.on('error', lost);
        collect(response, (body) => {
          const { statusCode: status = 0, headers: answered } = response;
          onExchange({ method, path, requestBody, status, body: body.toString() });
          const { 'transfer-encoding': _, connection: __, ...kept } = answered;
          outgoing.writeHead(status, { ...kept, 'content-length': body.length }).end(body);
        });
      });
      upstream.on('error', lost);
      upstream.end(bytes);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  // A server that listens on a TCP port has this kind of address.
  const address = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${address.port}`,
    async [Symbol.asyncDispose]() {
      agent.destroy();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function collect(stream: IncomingMessage, then: (bytes: Buffer) => void): void {
  const chunks: Buffer[] = [];
  stream.on('data', (chunk: Buffer) => chunks.push(chunk));
  stream.on('end', () => then(Buffer.concat(chunks)));
}
