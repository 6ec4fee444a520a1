import { UnsupportedRuntimeError } from '../../errors/index.js';
import type { SocketEnd, SocketOptions } from '../platform.js';

/** Named for the server's log only; nothing is lost without them. */
const DISPENSABLE = new Set(['x-request-id', 'user-agent']);

/** The runtime's own WebSocket, which can set no headers. */
export async function openWebSocket(url: string, options: SocketOptions): Promise<SocketEnd> {
  const { signal, onOpen, onText } = options;
  const needed = Object.keys(options.headers).filter((name) => !DISPENSABLE.has(name.toLowerCase()));
  if (needed.length > 0) {
    throw new UnsupportedRuntimeError(
      `A WebSocket of this runtime cannot send headers (${needed.join(', ')}), and logs come over one. Read them on a server, or through a gateway that adds the credentials, with a client that has none.`,
    );
  }
  if (typeof WebSocket === 'undefined') {
    throw new UnsupportedRuntimeError('This runtime has no WebSocket, and logs come over one. Read them elsewhere.');
  }
  if (signal.aborted) return { kind: 'cut' };
  const socket = new WebSocket(url);
  return new Promise((resolve) => {
    let opened = false;
    const finish = (how: SocketEnd): void => {
      signal.removeEventListener('abort', cut);
      socket.onopen = socket.onmessage = socket.onclose = null;
      resolve(how);
    };
    const cut = (): void => {
      finish({ kind: 'cut' });
      socket.close();
    };
    signal.addEventListener('abort', cut, { once: true });
    socket.onopen = () => {
      opened = true;
      onOpen();
    };
    socket.onmessage = ({ data }) => {
      if (typeof data === 'string') {
        onText(data);
      } else {
        finish({ kind: 'failed', code: undefined, message: 'a binary message came' });
        socket.close();
      }
    };
    // Runtimes keep the reason of a failure to themselves: 1006 is all that a page is told.
    socket.onclose = ({ code, reason }) =>
      finish(
        opened
          ? { kind: 'closed', code, reason }
          : { kind: 'failed', code: undefined, message: 'the WebSocket could not be opened' },
      );
  });
}
