import type { AxiosResponse, RawAxiosRequestConfig } from 'axios';
import { ApiError } from '../errors/index.js';
import { raceAbort, randomHex, sleep, throwIfAborted } from '../util/index.js';
import { abortAfterGrace } from './abort-after-grace.js';
import type { ApiResponse, ResponseInfo } from './api-promise.js';
import type { CallContext } from './call-context.js';
import type { CallCredentials } from './call-credentials.js';
import type { CallDefaults } from './call-defaults.js';
import type { ClientRequests } from './client-requests.js';
import type { Deadline } from './deadline.js';
import { checkResponse } from './expected-response.js';
import { toFailure } from './failure.js';
import { type Headers, plainHeaders } from './headers.js';
import { sendWithinSize } from './limit-size.js';
import type { Operation } from './operation.js';
import type { CallOptions } from './options.js';
import type { PendingDeadlines } from './pending-deadlines.js';
import { LONGEST_RETRY_AFTER_MS, readPolicy } from './retry-policy.js';
import type { ResolvedSession } from './session.js';

export interface RequestLoopParts {
  readonly requests: ClientRequests;
  readonly deadlines: PendingDeadlines;
  readonly defaults: CallDefaults;
}

/**
 * Sends an operation once, or again: after a new login, and after a transient failure if it only reads. Rejects with the
 * SDK's own errors only.
 */
export async function sendOperation<T extends object>(
  operation: Operation<T>,
  options: CallOptions,
  { requests, deadlines, defaults }: RequestLoopParts,
): Promise<ApiResponse<T>> {
  const { name, safe, anonymous, jobId } = operation;
  const { baseUrl, hooks } = requests;
  const maxRetries = defaults.maxRetries(options);
  const requestId = randomHex(16);
  const headers = requests.headers(requestId, options.headers);
  const secrets = requests.secretsOf(options.headers);
  const maxResponseBytes = defaults.maxResponseBytes(options);
  const deadline = deadlines.start(name, defaults.timeoutMs(options), options.signal);
  const context: Mutable<CallContext> = {
    ...{ operation: name, safe, anonymous, jobId, requestId, attempts: 0 },
    ...{ baseUrl, secrets, maxResponseBytes },
  };
  const connection = abortAfterGrace(deadline.signal);
  try {
    // Files may be on a disk that does not answer.
    const session = await raceAbort(requests.session(), deadline.signal);
    context.baseUrl = session.config.baseUrl;
    context.proxyAddress = session.proxyAddress;
    await raceAbort(requests.ensureKeyFile(), deadline.signal);
    const credentials = requests.credentials(session, headers, operation);
    for (;;) {
      try {
        throwIfAborted(deadline.signal);
        context.attempts += 1;
        const request = requestConfig({ requests, session, credentials, headers, context, deadline, connection });
        // Code that is loaded for the request knows nothing of the deadline.
        const response = await raceAbort(operation.send(session.apis, request), deadline.signal);
        checkResponse(response, operation, context);
        return { data: response.data, response: responseInfo(response, context) };
      } catch (thrown) {
        const { error, retryAfter } = toFailure(thrown, context, deadline);
        if (error instanceof ApiError && (await raceAbort(credentials.renew(error.status), deadline.signal))) continue;
        const { attempts } = context;
        if (!safe || attempts > maxRetries || !readPolicy.isRetryable(error)) throw error;
        const delayMs = readPolicy.delayMs(attempts, retryAfter);
        // Waiting past the deadline would only hide the error that says what is wrong.
        if (delayMs >= Math.min(deadline.remainingMs(), LONGEST_RETRY_AFTER_MS)) throw error;
        hooks.retry({ operation: name, attempt: attempts, requestId, delayMs, error });
        await sleep(delayMs, deadline.signal);
      }
    }
  } catch (thrown) {
    // It may have been aborted during a new login, too.
    throw toFailure(thrown, context, deadline).error;
  } finally {
    deadline.release();
    connection.release();
  }
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

interface RequestParts {
  readonly requests: ClientRequests;
  readonly session: ResolvedSession;
  readonly credentials: CallCredentials;
  readonly headers: Headers;
  readonly context: CallContext;
  /** Ends the wait for the response. */
  readonly deadline: Deadline;
  /** Closes the connection. */
  readonly connection: ReturnType<typeof abortAfterGrace>;
}

/** Returns what axios needs for one attempt. Credentials and signature are added by the adapter, the last step of axios. */
function requestConfig(parts: RequestParts): RawAxiosRequestConfig {
  const { requests, session, credentials, headers, context, deadline, connection } = parts;
  return {
    headers: { ...headers },
    adapter: async (config) => {
      const authorization = await raceAbort(credentials.authorization(), deadline.signal);
      if (authorization !== undefined) config.headers.set('Authorization', authorization);
      const { method, url, data: body } = config;
      config.headers.set(await requests.signature({ method, url, headers: plainHeaders(config.headers), body }));
      throwIfAborted(deadline.signal);
      config.signal = connection.signal;
      const { maxResponseBytes } = context;
      return sendWithinSize(config, maxResponseBytes, connection.abort, () =>
        requests.hooks.send(context, config, session.adapter),
      );
    },
  };
}

function responseInfo(response: AxiosResponse, { requestId, attempts }: CallContext): ResponseInfo {
  const headers = plainHeaders(response.headers);
  return {
    status: response.status,
    headers,
    requestId: headers['x-request-id'] ?? requestId,
    serverVersion: headers['x-bacalhau-git-version'],
    attempts,
  };
}
