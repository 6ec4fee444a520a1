import type { OAuth2Config } from 'bacalhau-apiclient';
import type { AuthorizationServer, DeviceAuthorizationResponse } from 'oauth4webapi';
import { BacalhauError, harmlessLine, LoginError } from '../../errors/index.js';
import { isLoopback } from '../../platform/index.js';
import type { AuthMethod, LoginContext } from '../method.js';
import type { ShowDevicePrompt } from '../options.js';
import { storedToken } from './stored-token.js';
import type { TokenStore } from './token-store.js';

/**
 * Logs in by single sign-on with the OAuth 2.0 device flow (RFC 8628), at the provider that the orchestrator names. Its
 * access token authenticates at the orchestrator. Refresh tokens are not requested: the command line keeps none, and when
 * the token has expired, the person has to log in again.
 */
export const device = (show: ShowDevicePrompt, store: TokenStore): AuthMethod =>
  storedToken({ kind: 'device', store, file: 'jwt-tokens.json', obtain: (context) => signOn(show, context) });

/** The polling interval if the provider names none (RFC 8628, 3.2), and what `slow_down` adds (3.5), in seconds. */
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
    return await pollForToken({ config, device, token, clientId, show, context });
  } catch (error) {
    throw await toLoginError(error, config);
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

async function pollForToken({ config, device, token, clientId, show, context }: Flow): Promise<string> {
  const oauth = await import('oauth4webapi');
  const server: AuthorizationServer = {
    issuer: config.Issuer ?? new URL(token).origin,
    device_authorization_endpoint: device,
    token_endpoint: token,
  };
  const client = { client_id: clientId };
  const options = {
    signal: context.signal,
    // Only a provider on this machine may do without TLS.
    [oauth.allowInsecureRequests]: [device, token].every((url) => isLoopback(new URL(url))),
    [oauth.customFetch]: (
      url: string,
      init: { method: string; headers: Record<string, string>; body: URLSearchParams },
    ) => context.fetch(url, { method: init.method, headers: init.headers, body: init.body.toString() }),
  };
  // The public client of a command line has no secret, only an id.
  const authentication = oauth.None();
  const parameters = {
    scope: (config.Scopes ?? []).join(' '),
    ...(config.Audience !== undefined && { audience: config.Audience }),
  };
  const response = await oauth.deviceAuthorizationRequest(server, client, authentication, parameters, options);
  const code = await oauth.processDeviceAuthorizationResponse(server, client, response);
  checkPrompt(code);
  const expiresAt = new Date(Date.now() + code.expires_in * 1000);
  const failed = present(show, code, expiresAt, config);
  failed.catch(() => undefined);

  let interval = code.interval ?? pollingInterval(config);
  while (Date.now() + interval * 1000 < expiresAt.getTime()) {
    await Promise.race([pause(interval * 1000, context.signal), failed]);
    const response = await oauth.deviceCodeGrantRequest(server, client, authentication, code.device_code, {
      ...options,
      additionalParameters: parameters,
    });
    try {
      return (await oauth.processDeviceCodeResponse(server, client, response)).access_token;
    } catch (error) {
      const reason = error instanceof oauth.ResponseBodyError ? error.error : undefined;
      if (reason === 'slow_down') interval += INTERVAL_SECONDS;
      else if (reason !== 'authorization_pending') throw error;
    }
  }
  throw new LoginError('The login was not confirmed in time: the code has expired. Log in again.', {
    code: 'expired_token',
  });
}

/** The orchestrator must not make clients flood the provider. */
const pollingInterval = ({ PollingInterval: seconds }: OAuth2Config): number =>
  typeof seconds === 'number' && seconds >= 1 ? seconds : INTERVAL_SECONDS;

/** Checks what a person is shown and a program may open: the provider is only what the orchestrator says it is. */
function checkPrompt(code: DeviceAuthorizationResponse): void {
  const { user_code: userCode, verification_uri: uri, verification_uri_complete: complete = uri } = code;
  const isShowable = [uri, complete].every(isWebAddress) && /^[\p{L}\p{N}\p{P}\p{S} ]{1,100}$/u.test(userCode);
  if (isShowable) return;
  throw new LoginError(
    'The provider sent an address that is not one of the web, or a code with characters that cannot be shown. Check the address of the server.',
  );
}

const isWebAddress = (address: string): boolean =>
  URL.canParse(address) && ['http:', 'https:'].includes(new URL(address).protocol);

/** Shows the prompt. Never resolves; rejects if it could not be shown, because then nobody will confirm the code. */
function present(
  show: ShowDevicePrompt,
  code: DeviceAuthorizationResponse,
  expiresAt: Date,
  config: OAuth2Config,
): Promise<never> {
  return new Promise((_, reject) => {
    const shown = (async () =>
      show({
        provider: harmlessLine(config.ProviderName ?? config.ProviderID ?? 'single sign-on'),
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

/** Keeps only the message of the library's errors, which contain the provider's whole response, perhaps a token. */
async function toLoginError(error: unknown, config: OAuth2Config): Promise<BacalhauError> {
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
  return new LoginError(`The login with ${provider} failed: ${error instanceof Error ? error.message : error}.`);
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = (): void => {
      clearTimeout(timer);
      reject(new LoginError('The login was aborted because the client was closed.'));
    };
    if (signal.aborted) return reject(new LoginError('The login was aborted because the client was closed.'));
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', stop);
      resolve();
    }, ms);
    signal.addEventListener('abort', stop, { once: true });
  });
}
