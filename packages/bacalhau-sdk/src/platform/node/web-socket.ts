import http, { type IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { ConfigurationError } from '../../errors/index.js';
import type { HttpAgent, SocketEnd, SocketOptions } from '../platform.js';

/** A message is one write of a job, which Docker splits at 16 KiB; a larger one is not a log of Bacalhau. */
const LARGEST_MESSAGE_BYTES = 32 * 1024 * 1024;
/** Lets the system notice a peer that vanished: Bacalhau's server never answers a WebSocket ping. */
const KEEP_ALIVE_MS = 30_000;
const LARGEST_BODY_BYTES = 64 * 1024;
/** The status of a refusal is known already, so its body is not awaited for long. */
const LONGEST_BODY_MS = 2_000;

export async function openWebSocket(url: string, options: SocketOptions): Promise<SocketEnd> {
  const { headers, signal, onOpen, onText } = options;
  const agent = nodeAgent(options.agent);
  const { WebSocket } = await import('ws');
  if (signal.aborted) return { kind: 'aborted' };
  const socket = new WebSocket(url, {
    headers,
    agent,
    perMessageDeflate: false,
    followRedirects: false,
    maxPayload: LARGEST_MESSAGE_BYTES,
  });
  return new Promise((resolve) => {
    let end: SocketEnd | undefined;
    const finish = (how: SocketEnd): void => {
      end ??= how;
      socket.terminate();
    };
    const abort = (): void => finish({ kind: 'aborted' });
    const receive = (text: string): void => onText(text, Buffer.byteLength(text));
    signal.addEventListener('abort', abort, { once: true });
    // Bun has its own `ws`, which exposes no socket.
    socket.on('upgrade', (response: { readonly socket: Socket | null }) =>
      response.socket?.setKeepAlive(true, KEEP_ALIVE_MS),
    );
    socket.on('open', onOpen);
    socket.on('message', (data, isBinary) => {
      if (end !== undefined) return;
      if (isBinary) finish({ kind: 'failed', code: undefined, message: 'a binary message was received' });
      else receive(data.toString());
    });
    socket.on('unexpected-response', (_request, response) => {
      const { statusCode: status = 0 } = response;
      void readBody(response).then((body) =>
        finish({ kind: 'refused', status, headers: plain(response.headers), body }),
      );
    });
    socket.on('error', (error) => {
      const code = 'code' in error && typeof error.code === 'string' ? error.code : undefined;
      end ??= { kind: 'failed', code, message: error.message };
    });
    socket.on('close', (code, reason) => {
      signal.removeEventListener('abort', abort);
      resolve(end ?? { kind: 'closed', code, reason: reason.toString() });
    });
  });
}

function nodeAgent(agent: HttpAgent | undefined): http.Agent | undefined {
  if (agent === undefined || agent instanceof http.Agent) return agent;
  throw new ConfigurationError(
    'The option httpAgent or httpsAgent is not an http.Agent of Node, so no log stream can be opened with it. Pass one, or leave the option out.',
  );
}

/** Reads as much as an error message needs. What arrived before a failure is still worth reading. */
async function readBody(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  const timer = setTimeout(() => response.destroy(), LONGEST_BODY_MS);
  try {
    for await (const chunk of response) {
      if (!Buffer.isBuffer(chunk)) continue;
      chunks.push(chunk);
      size += chunk.length;
      if (size > LARGEST_BODY_BYTES) break;
    }
  } catch {
    // The status is what counts.
  } finally {
    clearTimeout(timer);
  }
  return Buffer.concat(chunks).toString();
}

const plain = (headers: IncomingMessage['headers']): Record<string, string> =>
  Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, Array.isArray(value) ? value.join(', ') : value]],
    ),
  );
