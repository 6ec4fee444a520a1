import type { BacalhauError } from '../errors/index.js';
import type { HttpAgent, SocketEnd } from '../platform/platform.js';
import type { Headers } from './headers.js';

/**
 * A WebSocket's opening request, ready to be sent, and who is to hear what came of it: `opened` or `failed`, once. For each
 * try a new one: a signature is good for one request, and a token may have been replaced.
 */
export interface Upgrade {
  /** `ws:` or `wss:`. */
  readonly url: string;
  /** With credentials and signature in them. What cannot send them must say so, not leave them out. */
  readonly headers: Headers;
  /** Carries the proxy's tunnel and what is known of certificates; absent where the runtime connects by itself. */
  readonly agent: HttpAgent | undefined;
  opened(): void;
  /** It did not open; returns the error that says why. */
  failed(end: Exclude<SocketEnd, { kind: 'cut' | 'closed' }>): BacalhauError;
  /** Whether, after a refusal with this status, preparing another one is worth it: the login was renewed. */
  renew(status: number): Promise<boolean>;
}
