import axios from 'axios';
import { AuthApi } from 'bacalhau-apiclient';
import type { LoginContext } from '../auth/index.js';
import { LoginError, NotFoundError } from '../errors/index.js';
import { base64, utf8 } from '../util/index.js';
import { plainHeaders } from './headers.js';
import { axiosRoute, type Link } from './session.js';
import type { Operation, Transport } from './transport.js';

/** Without axios's global defaults and interceptors: an application may have put its own credentials there. */
const outside = new axios.Axios({ headers: new axios.AxiosHeaders() });

export interface LoginParts {
  readonly transport: Transport;
  readonly link: Link;
  readonly signal: AbortSignal;
  /** Of one request to a provider. */
  readonly timeoutMs: number;
}

/** What a login may ask for: calls of the client, but without credentials, and requests to others. */
export function loginContext({ transport, link, signal, timeoutMs }: LoginParts): LoginContext {
  const { secrets } = transport.session;
  const ask = <T extends object>(name: string, safe: boolean, send: Operation<T>['send']): Promise<T> =>
    transport.call<T>({ name, safe, send, anonymous: true }, { signal });
  return {
    signal,
    offeredMethods: async () =>
      (await ask('auth.methods', true, ({ client }, sending) => client(AuthApi, '').listAuthMethods(sending)))
        .Methods ?? {},
    singleSignOn: async () => {
      try {
        const answer = await ask('auth.config', true, ({ agent }, sending) => agent.getAgentAuthConfig(sending));
        return answer.Config ?? {};
      } catch (error) {
        // Servers before 1.7 have neither single sign-on nor this path.
        if (error instanceof NotFoundError) return {};
        throw error;
      }
    },
    authenticate: async (method, answer) => {
      const text = JSON.stringify(answer);
      for (const value of Object.values(answer)) if (typeof value === 'string') secrets.add(value);
      const authenticateRequest = { Name: method, MethodData: base64(utf8(text)) };
      const { Authentication: result } = await ask('auth.login', false, ({ client }, sending) =>
        client(AuthApi, '').authenticate({ method, authenticateRequest }, sending),
      );
      if (!result.success || !result.token) {
        throw new LoginError(`The server refused the login ${method}: ${result.reason ?? 'it gave no reason'}.`);
      }
      secrets.add(result.token);
      return result.token;
    },
    fetch: async (url, { method, headers, body }) => {
      const route = await link.route(new URL(url), false);
      const answer = await outside.request<string>({
        ...axiosRoute(route),
        url,
        method,
        headers,
        signal,
        timeout: timeoutMs === Number.POSITIVE_INFINITY ? 0 : timeoutMs,
        ...(body !== undefined && { data: body }),
        maxRedirects: 0,
        validateStatus: null,
        responseType: 'text',
        transformResponse: [(text: string) => text],
      });
      return new Response(answer.data, { status: answer.status, headers: plainHeaders(answer.headers) });
    },
  };
}
