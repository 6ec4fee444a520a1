import axios, { type AxiosAdapter } from 'axios';
import { type AuthMethod, checkAuth, selectAuth } from '../auth/index.js';
import { type Resolution, type ResolvedConfig, resolveConfig } from '../config/index.js';
import { ConfigurationError } from '../errors/index.js';
import { type IdentityStore, loadIdentity } from '../identity/index.js';
import type { Signer } from '../keys/index.js';
import type { Logger } from '../logging/index.js';
import type { Connections, EnvironmentVariables, Platform } from '../platform/index.js';
import type { Secrets } from '../redaction/index.js';
import { isRecord } from '../util/index.js';
import { type Apis, createApis } from './apis.js';
import { parseBody } from './body.js';
import { isSuccess } from './call-context.js';
import { fetchEnvironment } from './fetch-environment.js';
import { checkHeaders, hasAuthorization } from './headers.js';
import type { ClientOptions } from './options.js';
import { axiosRoute, type FindRoute, type Router } from './route.js';

/** Where a gateway of the page's own origin asks for cookies, they are sent, as by `XMLHttpRequest`. */
const FETCH = fetchEnvironment({ cookies: true });

/** Where a client connects to and with which credentials, once the files are read. It never changes. */
export interface ResolvedSession extends Router {
  readonly config: ResolvedConfig;
  readonly auth: AuthMethod;
  readonly apis: Apis;
  readonly adapter: AxiosAdapter;
  /** The proxy on the way to the server, without its credentials. */
  readonly proxyAddress: string | undefined;
}

export interface SessionParts {
  readonly options: ClientOptions;
  readonly env: EnvironmentVariables;
  readonly homeDirectory: string | undefined;
  /** What options and environment say. */
  readonly resolution: Resolution;
  readonly platform: Platform;
  readonly logger: Logger;
  /** Learns all secrets of the client. */
  readonly secrets: Secrets;
  readonly connections: Connections;
}

/**
 * Where a client connects to and with which credentials. Clients that differ in other options share one, and with it a
 * login. Its constructor checks what options and environment say; files are read before the first call, once.
 */
export class Session {
  /** What options, environment and defaults say; files may name another address. */
  readonly config: ResolvedConfig;
  readonly signer: Signer | undefined;
  readonly secrets: Secrets;
  readonly #parts: SessionParts;
  #resolved: Promise<ResolvedSession> | undefined;
  #identity: IdentityStore | undefined;

  /** @throws {ConfigurationError} if an option is malformed or contradicts another one. */
  constructor(parts: SessionParts) {
    const { options, resolution, logger, secrets } = parts;
    this.#parts = parts;
    this.secrets = secrets;
    checkAuth(options.auth);
    checkHeadersAndAuth(options);
    checkSigner(options.signer);
    this.config = resolution.config;
    this.signer = options.signer;
    secrets.addHeaders(checkHeaders(options.headers));
    addCredentials(options.auth, resolution.credentials, secrets);
    logConfig(resolution.config, logger);
  }

  /** Reads the files and selects the credentials, once; after a failure the next call tries again. */
  resolve(): Promise<ResolvedSession> {
    const resolved = this.#resolved ?? this.#resolve();
    this.#resolved = resolved;
    resolved.catch(() => {
      if (this.#resolved === resolved) this.#resolved = undefined;
    });
    return resolved;
  }

  /** Returns the keys of the configured directory. */
  async identity(): Promise<IdentityStore> {
    // Every call needs it, and importing takes time even if the module is there.
    if (this.#identity !== undefined) return this.#identity;
    const { IdentityStore } = await loadIdentity();
    const { options, platform, logger } = this.#parts;
    this.#identity ??= new IdentityStore({
      dir: this.config.dir,
      keyFiles: platform.keyFiles,
      logger,
      allowReadableKeyFile: options.allowReadableKeyFile === true,
    });
    return this.#identity;
  }

  /** Creates the key file if it is missing, where there is a file system. */
  async ensureKeyFile(): Promise<void> {
    if (this.#parts.platform.keyFiles !== undefined) await (await this.identity()).ensure();
  }

  async #resolve(): Promise<ResolvedSession> {
    const { options, platform, logger } = this.#parts;
    const { config, credentials } = await this.#readFiles();
    const { baseUrl, sources } = config;
    addCredentials(undefined, credentials, this.secrets);
    if (sources.endpoint === 'profile' || sources.endpoint === 'config.yaml') logConfig(config, logger);
    const route = await this.#router(config);
    const auth = await selectAuth({
      options: options.auth ?? (hasAuthorization(options.headers ?? {}) ? false : undefined),
      credentials,
      store: {
        files: platform.textFiles,
        dir: config.dir,
        baseUrl,
        logger,
        allowReadable: options.allowReadableKeyFile === true,
      },
      key: platform.keyFiles && (async () => (await this.identity()).rsa()),
    });
    const ownRoute = await route(new URL(baseUrl));
    // Not `axios.create`, which starts with the application's own defaults, its credentials and address among them.
    const instance = new axios.Axios({
      headers: new axios.AxiosHeaders(),
      validateStatus: isSuccess,
      ...axiosRoute(ownRoute),
      // The API has no redirects; following one would carry credentials away.
      maxRedirects: 0,
      maxBodyLength: Number.POSITIVE_INFINITY,
      transformResponse: [parseBody],
    });
    const adapter = axios.getAdapter(axios.defaults.adapter, { ...FETCH });
    const { proxyAddress } = ownRoute;
    return { config, auth, apis: createApis(baseUrl, instance), adapter, proxyAddress, route };
  }

  async #readFiles(): Promise<Resolution> {
    const { options, env, homeDirectory, platform, logger, resolution } = this.#parts;
    const { dir } = resolution.config;
    if (platform.readSettings === undefined || dir === undefined) return resolution;
    const files = await platform.readSettings(dir, resolution.profileSelection);
    const complete = resolveConfig(options, { env, homeDirectory, files });
    if (complete.warning !== undefined) logger.warn(complete.warning);
    return complete;
  }

  async #router({ tls, baseUrl, sources }: ResolvedConfig): Promise<FindRoute> {
    const { options, env, platform, logger, connections } = this.#parts;
    if (tls.insecure && baseUrl.startsWith('https:')) {
      logger.warn(
        `Certificates are not verified (${sources.tls}): anyone in between can read and change what is sent to ${baseUrl}.`,
      );
    }
    const ca = tls.caFile === undefined ? tls.ca : [await platform.readCertificates(tls.caFile)];
    return async (url, { upgrade = false } = {}) => {
      const route = connections.route(url, {
        ca,
        insecure: tls.insecure,
        proxy: { option: options.proxy, env },
        httpAgent: options.httpAgent,
        httpsAgent: options.httpsAgent,
        upgrade,
      });
      const { proxyCredentials } = route;
      if (proxyCredentials !== undefined) this.secrets.addBasic(proxyCredentials.username, proxyCredentials.password);
      return route;
    };
  }
}

/** Adds the credentials of the application, the environment or a profile to the secrets, before they are used. */
function addCredentials(auth: ClientOptions['auth'], credentials: Resolution['credentials'], secrets: Secrets): void {
  if (typeof auth === 'object') {
    if ('username' in auth) secrets.addBasic(auth.username, auth.password);
    for (const source of ['apiKey' in auth && auth.apiKey, 'token' in auth && auth.token]) {
      if (typeof source === 'string') secrets.add(source);
    }
  }
  if (credentials?.kind === 'basic') secrets.addBasic(credentials.username, credentials.password.reveal());
  if (credentials?.kind === 'apiKey') secrets.add(credentials.apiKey.reveal());
  if (credentials?.kind === 'token') secrets.add(credentials.token.reveal());
}

function checkHeadersAndAuth(options: ClientOptions): void {
  if (options.auth !== undefined && options.auth !== false && hasAuthorization(options.headers ?? {})) {
    throw new ConfigurationError('Pass either the option auth or a header Authorization, not both.');
  }
}

function checkSigner(signer: unknown): void {
  if (signer === undefined) return;
  const fits =
    isRecord(signer) &&
    typeof signer['sign'] === 'function' &&
    typeof signer['keyId'] === 'string' &&
    /^[\x20-\x7e]+$/.test(signer['keyId']) &&
    (signer['algorithm'] === 'ed25519' || signer['algorithm'] === 'rsa-v1_5-sha256');
  if (!fits) {
    throw new ConfigurationError(
      'The option signer must be a key. Pass an Ed25519Identity, an RsaIdentity, or an object with keyId, algorithm and sign.',
    );
  }
}

function logConfig(config: ResolvedConfig, logger: Logger): void {
  const { sources } = config;
  logger.debug(`Config dir (${sources.dir}): ${config.dir ?? 'none'}`);
  logger.debug(`Host is set to (${sources.endpoint}): ${config.baseUrl}`);
  if (config.profile !== undefined) logger.debug(`Profile: ${config.profile}`);
  if (config.namespace !== undefined) logger.debug(`Namespace: ${config.namespace}`);
}
