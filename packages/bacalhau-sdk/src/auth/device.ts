import type { OAuth2Config } from 'bacalhau-apiclient';
import type { AuthorizationServer, DeviceAuthorizationResponse } from 'oauth4webapi';
import { BacalhauError, LoginError } from '../errors/index.js';
import { isLoopback } from '../platform/index.js';
import type { AuthMethod, LoginContext } from './method.js';
import { storedToken } from './stored-token.js';
import type { TokenStore } from './token-store.js';

/** What a person has to be shown to log in elsewhere, on any device with a browser. */
export interface DevicePrompt {
  /** The provider's name, for example `Acme SSO`. */
  readonly provider: string;
  /** Where to go. */
  readonly verificationUri: string;
  /** What to enter there. */
  readonly userCode: string;
  /** The same with the code in it, if the provider has such a link. */
  readonly verificationUriComplete: string | undefined;
  /** When the code stops working. */
  readonly expiresAt: Date;
}

/** Shows it. The login goes on meanwhile: it waits for the provider, not for this function. */
export type ShowDevicePrompt = (prompt: DevicePrompt) => void | Promise<void>;

/**
 * Single sign-on with the OAuth 2.0 device flow (RFC 8628), at the provider that the orchestrator names. Its access token
 * is what the orchestrator takes. Refresh tokens are not asked for: the command line keeps none, and when the token
 * has expired, the person is asked again.
 */
export const device = (show: ShowDevicePrompt, store: TokenStore): AuthMethod =>
  storedToken({ kind: 'device', store, file: 'jwt-tokens.json', obtain: (context) => signOn(show, context) });

/** Seconds between two questions whether the person is done, if nobody says (RFC 8628, 3.2), and what "slow down" adds (3.5). */
const INTERVAL_SECONDS = 5;

async function signOn(show: ShowDevicePrompt, context: LoginContext): Promise<string> {
  const config = await context.singleSignOn();
  const { DeviceAuthorizationEndpoint: device, TokenEndpoint: token, DeviceClientID: clientId } = config;
  if (device === undefined || token === undefined || clientId === undefined) {
    throw new LoginError(
      'This server offers no single sign-on. Set BACALHAU_API_KEY, or the option auth to { apiKey }, { username, password } or { challenge }.',
    );
  }
  try {
    return await run({ config, device, token, clientId, show, context });
  } catch (error) {
    throw await explain(error, config);
  }
}

interface Flow {
  readonly config: OAuth2Config;
  readonly device: string;
  readonly token: string;
  readonly clientId: string;
  readonly show: ShowDevicePrompt;
  readonly context: LoginContext;
}

async function run({ config, device, token, clientId, show, context }: Flow): Promise<string> {
  const oauth = await import('oauth4webapi');
  const server: AuthorizationServer = {
    issuer: config.Issuer ?? new URL(token).origin,
    device_authorization_endpoint: device,
    token_endpoint: token,
  };
  const client = { client_id: clientId };
  const options = {
    signal: context.signal,
    // A provider on this machine may do without TLS, and no other.
    [oauth.allowInsecureRequests]: [device, token].every((url) => isLoopback(new URL(url))),
    [oauth.customFetch]: (
      url: string,
      init: { method: string; headers: Record<string, string>; body: URLSearchParams },
    ) => context.fetch(url, { method: init.method, headers: init.headers, body: init.body.toString() }),
  };
  // The public client of a command line has no secret; its id is all there is.
  const authentication = oauth.None();
  const parameters = {
    scope: (config.Scopes ?? []).join(' '),
    ...(config.Audience !== undefined && { audience: config.Audience }),
  };
  const asked = await oauth.deviceAuthorizationRequest(server, client, authentication, parameters, options);
  const code = await oauth.processDeviceAuthorizationResponse(server, client, asked);
  const expiresAt = new Date(Date.now() + code.expires_in * 1000);
  const failed = present(show, code, expiresAt, config);
  failed.catch(() => undefined);

  let interval = code.interval ?? config.PollingInterval ?? INTERVAL_SECONDS;
  while (Date.now() + interval * 1000 < expiresAt.getTime()) {
    await Promise.race([pause(interval * 1000, context.signal), failed]);
    const answer = await oauth.deviceCodeGrantRequest(server, client, authentication, code.device_code, {
      ...options,
      additionalParameters: parameters,
    });
    try {
      return (await oauth.processDeviceCodeResponse(server, client, answer)).access_token;
    } catch (error) {
      const reason = error instanceof oauth.ResponseBodyError ? error.error : undefined;
      if (reason === 'slow_down') interval += INTERVAL_SECONDS;
      else if (reason !== 'authorization_pending') throw error;
    }
  }
  throw new LoginError('Nobody confirmed the login in time: the code has expired.', { code: 'expired_token' });
}

/** Resolves never, and rejects if the prompt could not be shown: then nobody will ever confirm the code. */
function present(
  show: ShowDevicePrompt,
  code: DeviceAuthorizationResponse,
  expiresAt: Date,
  config: OAuth2Config,
): Promise<never> {
  return new Promise((_, reject) => {
    const shown = (async () =>
      show({
        provider: config.ProviderName ?? config.ProviderID ?? 'single sign-on',
        verificationUri: code.verification_uri,
        userCode: code.user_code,
        verificationUriComplete: code.verification_uri_complete,
        expiresAt,
      }))();
    shown.catch((error: unknown) => {
      reject(new LoginError('The callback auth.device failed; see the cause.', { cause: error }));
    });
  });
}

/** The library's errors hold the provider's whole answer, which may be a token, so only their words are kept. */
async function explain(error: unknown, config: OAuth2Config): Promise<BacalhauError> {
  if (error instanceof BacalhauError) return error;
  const oauth = await import('oauth4webapi');
  const provider = config.ProviderName ?? 'The provider';
  if (error instanceof oauth.ResponseBodyError) {
    const { error: code, error_description: description } = error;
    return new LoginError(
      `${provider} refused the login: ${code}${description === undefined ? '' : ` (${description})`}.`,
      {
        code,
      },
    );
  }
  const words = error instanceof Error ? error.message : String(error);
  return new LoginError(`The login with ${provider} failed: ${words}.`);
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = (): void => {
      clearTimeout(timer);
      reject(new LoginError('The login was given up because the client was closed.'));
    };
    if (signal.aborted) return reject(new LoginError('The login was given up because the client was closed.'));
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', stop);
      resolve();
    }, ms);
    signal.addEventListener('abort', stop, { once: true });
  });
}
