import axios from 'axios';
import { AuthApi } from 'bacalhau-apiclient';
import type { LoginContext } from '../../auth/index.js';
import { LoginError, NotFoundError } from '../../errors/index.js';
import type { Secrets } from '../../redaction/index.js';
import { base64, isRecord, utf8 } from '../../util/index.js';
import { parseBody } from '../body.js';
import { plainHeaders } from '../headers.js';
import type { Operation } from '../operation.js';
import type { CallOptions } from '../options.js';
import { axiosRoute, type Router } from '../route.js';

/** An instance without axios's global defaults and interceptors: an application may have put its own credentials there. */
const providerClient = new axios.Axios({ headers: new axios.AxiosHeaders() });

/** In bytes, unpacked; a provider sends a token and a few words. */
const LARGEST_PROVIDER_RESPONSE = 1024 * 1024;

/** What a provider's response may have that must not be shown. Its `user_code` is made to be. */
const PROVIDER_SECRETS = ['device_code', 'access_token', 'refresh_token', 'id_token'];

function addProviderSecrets(body: string, secrets: Secrets): void {
  const fields = parseBody(body);
  if (!isRecord(fields)) return;
  for (const name of PROVIDER_SECRETS) {
    const value = fields[name];
    if (typeof value === 'string') secrets.add(value);
  }
}

export interface LoginContextParts extends Router {
  readonly call: <T extends object>(operation: Operation<T>, options: CallOptions) => Promise<T>;
  readonly secrets: Secrets;
  /** Aborted when the client is closed. */
  readonly signal: AbortSignal;
  /** Of one request to a provider. */
  readonly timeoutMs: number;
}

/** Creates what a login may use: calls to the server without credentials, and requests to providers. */
export function loginContext({ call, route, secrets, signal, timeoutMs }: LoginContextParts): LoginContext {
  const callAnonymously = <T extends object>(name: string, safe: boolean, send: Operation<T>['send']): Promise<T> =>
    call<T>({ name, safe, send, anonymous: true }, { signal });
  return {
    signal,
    offeredMethods: async () =>
      (
        await callAnonymously('auth.methods', true, ({ client }, request) =>
          client(AuthApi, '').listAuthMethods(request),
        )
      ).Methods ?? {},
    singleSignOn: async () => {
      try {
        const { Config } = await callAnonymously('auth.config', true, ({ agent }, request) =>
          agent.getAgentAuthConfig(request),
        );
        return Config ?? {};
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
      const { Authentication: result } = await callAnonymously('auth.login', false, ({ client }, request) =>
        client(AuthApi, '').authenticate({ method, authenticateRequest }, request),
      );
      if (!result.success || !result.token) {
        throw new LoginError(
          `The server refused the login ${JSON.stringify(method)}: ${result.reason ?? 'it gave no reason'}. Check the answer, or set the option auth.`,
        );
      }
      secrets.add(result.token);
      return result.token;
    },
    fetch: async (url, { method, headers, body }) => {
      const response = await providerClient.request<string>({
        ...axiosRoute(await route(new URL(url))),
        url,
        method,
        headers,
        signal,
        timeout: timeoutMs === Number.POSITIVE_INFINITY ? 0 : timeoutMs,
        ...(body !== undefined && { data: body }),
        maxRedirects: 0,
        maxContentLength: LARGEST_PROVIDER_RESPONSE,
        validateStatus: null,
        responseType: 'text',
        transformResponse: [(text: string) => text],
      });
      addProviderSecrets(response.data, secrets);
      return new Response(response.data, { status: response.status, headers: plainHeaders(response.headers) });
    },
  };
}
