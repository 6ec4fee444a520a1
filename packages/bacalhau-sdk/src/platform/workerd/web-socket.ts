import { messageOf, utf8 } from '../../util/index.js';
import type { SocketEnd, SocketOptions } from '../platform.js';

/** The WebSocket that workerd puts into the response to an upgrade. */
interface WorkerSocket extends WebSocket {
  /** Starts the delivery of messages. */
  accept(): void;
}

/** As much of a refusal as an error message needs. */
const LARGEST_BODY_BYTES = 64 * 1024;
/** The status of a refusal is known already, so its body is not awaited for long. */
const LONGEST_BODY_MS = 2_000;

/** Opens a WebSocket with `fetch`, which can send headers, unlike the constructor. */
export async function openWebSocket(url: string, options: SocketOptions): Promise<SocketEnd> {
  const { headers, signal } = options;
  if (signal.aborted) return { kind: 'aborted' };
  try {
    const response = await fetch(url.replace(/^ws/, 'http'), {
      headers: { ...headers, Upgrade: 'websocket' },
      redirect: 'manual',
      signal,
    });
    const socket = socketOf(response);
    if (socket !== undefined) return await receive(socket, options);
    const { status, headers: received } = response;
    return { kind: 'refused', status, headers: Object.fromEntries(received), body: await readBody(response) };
  } catch (error) {
    return signal.aborted ? { kind: 'aborted' } : { kind: 'failed', code: undefined, message: messageOf(error) };
  }
}

function socketOf(response: Response): WorkerSocket | undefined {
  return 'webSocket' in response && isWorkerSocket(response.webSocket) ? response.webSocket : undefined;
}

const isWorkerSocket = (value: unknown): value is WorkerSocket =>
  typeof value === 'object' && value !== null && 'accept' in value;

function receive(socket: WorkerSocket, { signal, onOpen, onText }: SocketOptions): Promise<SocketEnd> {
  return new Promise((resolve) => {
    const finish = (end: SocketEnd): void => {
      signal.removeEventListener('abort', abort);
      resolve(end);
      // Also after the peer has closed: the connection stays half open until this side closes it, too.
      socket.close();
    };
    const abort = (): void => finish({ kind: 'aborted' });
    if (signal.aborted) return abort();
    signal.addEventListener('abort', abort, { once: true });
    socket.addEventListener('message', ({ data }: { readonly data: unknown }) => {
      if (signal.aborted) return;
      if (typeof data === 'string') onText(data, utf8(data).length);
      else finish({ kind: 'failed', code: undefined, message: 'a binary message was received' });
    });
    socket.addEventListener('close', ({ code, reason }) => finish({ kind: 'closed', code, reason }));
    socket.addEventListener('error', () => finish({ kind: 'closed', code: 1006, reason: '' }));
    onOpen();
    socket.accept();
  });
}

/** Reads the beginning of a body. What arrived before a failure is still worth reading. */
async function readBody({ body }: Response): Promise<string> {
  if (body === null) return '';
  const reader = body.getReader();
  const cancel = (): void => void reader.cancel().catch(() => undefined);
  const timer = setTimeout(cancel, LONGEST_BODY_MS);
  const decoder = new TextDecoder();
  let text = '';
  let size = 0;
  try {
    while (size < LARGEST_BODY_BYTES) {
      const { done, value } = await reader.read();
      if (done) break;
      size += value.length;
      text += decoder.decode(value, { stream: true });
    }
  } catch {
    // The status is what counts.
  } finally {
    clearTimeout(timer);
    cancel();
  }
  return text;
}
