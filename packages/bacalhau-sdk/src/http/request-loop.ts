import type { AxiosResponse, RawAxiosRequestConfig } from 'axios';
import { ApiError } from '../errors/index.js';
import { raceAbort, randomHex, sleep } from '../util/index.js';
import { abortAfterGrace } from './abort-after-grace.js';
import type { ApiResponse, ResponseInfo } from './api-promise.js';
import type { CallContext } from './call-context.js';
import type { CallCredentials } from './call-credentials.js';
import type { CallDefaults } from './call-defaults.js';
import type { ClientRequests } from './client-requests.js';
import { checkResponse } from './expected-response.js';
import { toFailure } from './failure.js';
import { type Headers, plainHeaders } from './headers.js';
import type { Operation } from './operation.js';
import type { CallOptions } from './options.js';
import type { PendingDeadlines } from './pending-deadlines.js';
import { readPolicy } from './retry-policy.js';
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
  const deadline = deadlines.start(name, defaults.timeoutMs(options), options.signal);
  const context = { ...{ operation: name, safe, anonymous, jobId, requestId, attempts: 0 }, baseUrl, secrets };
  const connection = abortAfterGrace(deadline.signal);
  try {
    const session = await requests.session();
    context.baseUrl = session.config.baseUrl;
    await requests.ensureKeyFile();
    const credentials = requests.credentials(session, headers, operation);
    const signals = { deadline: deadline.signal, connection: connection.signal };
    for (;;) {
      try {
        deadline.signal.throwIfAborted();
        context.attempts += 1;
        const request = requestConfig({ requests, session, credentials, headers, context, signals });
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
        if (delayMs >= deadline.remainingMs()) throw error;
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

interface RequestParts {
  readonly requests: ClientRequests;
  readonly session: ResolvedSession;
  readonly credentials: CallCredentials;
  readonly headers: Headers;
  readonly context: CallContext;
  readonly signals: {
    /** Ends the wait for the response. */
    readonly deadline: AbortSignal;
    /** Closes the connection. */
    readonly connection: AbortSignal;
  };
}

/** Returns what axios needs for one attempt. Credentials and signature are added by the adapter, the last step of axios. */
function requestConfig(parts: RequestParts): RawAxiosRequestConfig {
  const { requests, session, credentials, headers, context, signals } = parts;
  return {
    headers: { ...headers },
    adapter: async (config) => {
      const authorization = await raceAbort(credentials.authorization(), signals.deadline);
      if (authorization !== undefined) config.headers.set('Authorization', authorization);
      const { method, url, data: body } = config;
      config.headers.set(await requests.signature({ method, url, headers: plainHeaders(config.headers), body }));
      signals.deadline.throwIfAborted();
      config.signal = signals.connection;
      return requests.hooks.send(context, config, session.adapter);
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
