import type { BacalhauError } from '../errors/index.js';
import type { HttpAgent, SocketEnd } from '../platform/platform.js';
import type { Headers } from './headers.js';

/** A WebSocket's opening request, ready to be sent, and who is to hear what came of it: one of the two, once. */
export interface Upgrade {
  /** `ws:` or `wss:`. */
  readonly url: string;
  readonly headers: Headers;
  readonly agent: HttpAgent | undefined;
  opened(): void;
  /** It did not open; returns the error that says why. */
  failed(end: Exclude<SocketEnd, { kind: 'cut' | 'closed' }>): BacalhauError;
}
