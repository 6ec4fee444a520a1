import type { BacalhauError } from '../errors/index.js';
import { UnexpectedResponseError } from '../errors/index.js';
import type { HttpAgent, SocketEnd } from '../platform/platform.js';
import { announce, type Observer } from './announce.js';
import { answerError } from './answer-error.js';
import { decodeBody } from './body.js';
import { type Headers, plainHeaders } from './headers.js';
import { type AttemptContext, connectionError, factsOf } from './to-error.js';

type NotOpened = Exclude<SocketEnd, { kind: 'cut' | 'closed' }>;

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
  failed(end: NotOpened): BacalhauError;
  /** Whether, after a refusal with this status, preparing another one is worth it: the login was renewed. */
  renew(status: number): Promise<boolean>;
}

/** The request as it is sent, with what its failure is told by and who watches it. */
export function upgradeTo(
  href: string,
  { headers, agent, renew }: Pick<Upgrade, 'headers' | 'agent' | 'renew'>,
  context: AttemptContext,
  observer: Observer,
): Upgrade {
  const { operation, requestId } = context;
  // `http` becomes `ws`, `https` becomes `wss`.
  const url = href.replace(/^http/, 'ws');
  const answered = announce(observer, { operation, attempt: 1, requestId, method: 'GET', url }, headers);
  return {
    ...{ url, headers, agent, renew },
    opened: () => answered(101, {}),
    failed: (end) => {
      if (end.kind === 'refused') answered(end.status, end.headers);
      else answered(undefined, {});
      return upgradeError(end, context);
    },
  };
}

function upgradeError(end: NotOpened, context: AttemptContext): BacalhauError {
  const { operation, baseUrl, scrubber } = context;
  if (end.kind === 'failed') return connectionError(end.code, scrubber.scrub(end.message), context);
  const headers = scrubber.scrubAll(plainHeaders(end.headers));
  // A gateway that does not know WebSockets answers as if this were any request.
  if (end.status < 300) {
    return new UnexpectedResponseError(
      `${operation}: ${baseUrl} answered ${end.status} instead of opening a WebSocket. Check what stands between here and the orchestrator: it must pass WebSockets on.`,
      factsOf(end.status, {}, headers, context),
    );
  }
  return answerError({ ...end, data: decodeBody(end.body) }, headers, context);
}
