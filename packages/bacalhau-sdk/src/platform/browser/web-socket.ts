import type { SocketEnd, SocketOptions } from '../platform.js';

/** Named for the server's log only; nothing is lost without them. */
const DISPENSABLE = new Set(['x-request-id', 'user-agent']);

/** Why the runtime's own WebSocket, which can set no headers, will not do; undefined if it does. */
export function problemOf({ headers }: SocketOptions): string | undefined {
  const needed = Object.keys(headers).filter((name) => !DISPENSABLE.has(name.toLowerCase()));
  if (needed.length > 0) {
    return `A WebSocket of this runtime cannot send headers (${needed.join(', ')}), and logs come over one. Read them on a server, or through a gateway that adds the credentials, with a client that has none.`;
  }
  if (typeof WebSocket === 'undefined') {
    return 'This runtime has no WebSocket, and logs come over one. Read them elsewhere.';
  }
  return undefined;
}

export async function openWebSocket(url: string, { signal, onOpen, onText }: SocketOptions): Promise<SocketEnd> {
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
