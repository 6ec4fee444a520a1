import { UnsupportedRuntimeError } from '../../errors/index.js';
import { utf8 } from '../../util/index.js';
import type { SocketEnd, SocketOptions } from '../platform.js';

/** Used in the server's log only; nothing is lost without them. */
const DISPENSABLE = new Set(['x-request-id', 'user-agent']);

export async function openWebSocket(url: string, options: SocketOptions): Promise<SocketEnd> {
  checkSupport(options);
  const { signal, onOpen, onText } = options;
  if (signal.aborted) return { kind: 'aborted' };
  const socket = new WebSocket(url);
  return new Promise((resolve) => {
    let opened = false;
    const finish = (how: SocketEnd): void => {
      signal.removeEventListener('abort', abort);
      socket.onopen = socket.onmessage = socket.onclose = null;
      resolve(how);
    };
    const abort = (): void => {
      finish({ kind: 'aborted' });
      socket.close();
    };
    signal.addEventListener('abort', abort, { once: true });
    socket.onopen = () => {
      opened = true;
      onOpen();
    };
    socket.onmessage = ({ data }) => {
      if (typeof data === 'string') {
        onText(data, utf8(data).length);
      } else {
        finish({ kind: 'failed', code: undefined, message: 'a binary message was received' });
        socket.close();
      }
    };
    // Runtimes hide the reason of a failure: a page only sees 1006.
    socket.onclose = ({ code, reason }) =>
      finish(
        opened
          ? { kind: 'closed', code, reason }
          : { kind: 'failed', code: undefined, message: 'the WebSocket could not be opened' },
      );
  });
}

/** Refuses headers that matter, which the WebSocket of a browser cannot send. */
function checkSupport({ headers }: SocketOptions): void {
  const needed = Object.keys(headers).filter((name) => !DISPENSABLE.has(name.toLowerCase()));
  if (needed.length > 0) {
    throw new UnsupportedRuntimeError(
      `A WebSocket in this runtime cannot send headers (${needed.join(', ')}), and logs need one. Read them on a server, or through a gateway that adds the credentials, with a client that has none.`,
    );
  }
  if (typeof WebSocket === 'undefined') {
    throw new UnsupportedRuntimeError('This runtime has no WebSocket, and logs need one. Read them elsewhere.');
  }
}
