import axios, { type AxiosAdapter } from 'axios';
import { AgentApi, JobApi, NodeApi } from 'bacalhau-apiclient';
import { type AuthMethod, checkAuth, selectAuth } from '../auth/index.js';
import {
  type EnvironmentVariables,
  machine,
  profileChoice,
  type Resolution,
  type ResolvedConfig,
  resolveConfig,
} from '../config/index.js';
import { ConfigurationError } from '../errors/index.js';
import { IdentityStore, type Signer } from '../keys/index.js';
import type { Logger } from '../logging/index.js';
import type { Connections, Files, Route } from '../platform/platform.js';
import { Secrets } from '../redaction/index.js';
import { isRecord } from '../util/index.js';
import { parseBody } from './body.js';
import { isSuccess } from './failure.js';
import { hasAuthorization, SECRET_NAME } from './headers.js';
import type { ClientOptions } from './options.js';

/** What of axios the generated classes send with. */
type Sender = NonNullable<ConstructorParameters<typeof JobApi>[2]>;

/** The generated classes that operations are sent through. */
export interface Apis {
  readonly jobs: JobApi;
  readonly nodes: NodeApi;
  readonly agent: AgentApi;
  /** Another generated client, of the API below `path`; its operations are sent like those of the others. */
  client<A>(Type: new (configuration: undefined, basePath: string, instance: Sender) => A, path: string): A;
}

/** Everything that a call needs, once the files are read. */
export interface Link {
  readonly config: ResolvedConfig;
  readonly auth: AuthMethod;
  readonly apis: Apis;
  readonly adapter: AxiosAdapter;
  /** How any URL is reached, with the client's proxy and authorities. */
  readonly route: (url: URL, upgrade: boolean) => Promise<Route>;
}

export interface SessionParts {
  readonly options: ClientOptions;
  readonly env: EnvironmentVariables;
  readonly homeDirectory: string | undefined;
  /** What options and environment say. */
  readonly resolution: Resolution;
  readonly files: Files | undefined;
  readonly logger: Logger;
  readonly connections: Connections;
}

/**
 * Where a client connects to and as whom. Clients that differ in other things share one, and with it a login. Its
 * constructor checks what options and environment say; files are read before the first call, once.
 */
export class Session {
  readonly identity: IdentityStore;
  readonly signer: Signer | undefined;
  readonly secrets = new Secrets();
  readonly #parts: SessionParts;
  #resolved: ResolvedConfig | undefined;
  #link: Promise<Link> | undefined;

  /** @throws {ConfigurationError} for what is malformed or contradicts itself. */
  constructor(parts: SessionParts) {
    const { options, resolution, files, logger } = parts;
    this.#parts = parts;
    checkAuth(options.auth);
    checkHeadersAndAuth(options);
    checkSigner(options.signer);
    this.signer = options.signer;
    this.identity = new IdentityStore({
      dir: resolution.config.dir,
      files,
      logger,
      allowReadableKeyFile: options.allowReadableKeyFile === true,
    });
    for (const [name, value] of Object.entries(options.headers ?? {})) {
      if (/^(proxy-)?authorization$/i.test(name)) this.secrets.authorizations.add(value);
      else if (SECRET_NAME.test(name)) this.secrets.add(value);
    }
    report(resolution.config, logger);
  }

  /** Until the first call what options and environment say, after it what the files add. */
  get config(): ResolvedConfig {
    return this.#resolved ?? this.#parts.resolution.config;
  }

  /** Reads the files and chooses the way, once; after a failure the next call tries again. */
  link(): Promise<Link> {
    const link = this.#link ?? this.#open();
    this.#link = link;
    link.catch(() => {
      if (this.#link === link) this.#link = undefined;
    });
    return link;
  }

  async #open(): Promise<Link> {
    const { options, files, logger, connections } = this.#parts;
    const { config, credentials } = await this.#resolve();
    this.#resolved = config;
    const { tls, baseUrl, sources } = config;
    if (sources.endpoint === 'profile' || sources.endpoint === 'config.yaml') report(config, logger);
    const ca =
      sources.tls === 'default' ? undefined : await (await machine()).trustedAuthorities(config, files, logger);
    const route = (url: URL, upgrade: boolean): Promise<Route> =>
      connections.route(url, {
        ca,
        insecure: tls.insecure,
        proxyFor: (target, inRange) => this.#proxyFor(target, inRange),
        httpAgent: options.httpAgent,
        httpsAgent: options.httpsAgent,
        upgrade,
      });
    const auth = await selectAuth({
      options: options.auth ?? (hasAuthorization(options.headers ?? {}) ? false : undefined),
      credentials,
      store: { files, dir: config.dir, baseUrl, logger },
      key: files && (() => this.identity.rsa()),
    });
    // Not what `axios.create` makes: that begins with the application's own defaults, its credentials and address among them.
    const instance = new axios.Axios({
      headers: new axios.AxiosHeaders(),
      validateStatus: isSuccess,
      ...axiosRoute(await route(new URL(baseUrl), false)),
      // The API has no redirects; following one would carry credentials away.
      maxRedirects: 0,
      maxBodyLength: Number.POSITIVE_INFINITY,
      transformResponse: [parseBody],
    });
    return {
      config,
      auth,
      apis: {
        jobs: new JobApi(undefined, baseUrl, instance),
        nodes: new NodeApi(undefined, baseUrl, instance),
        agent: new AgentApi(undefined, baseUrl, instance),
        client: (Type, path) => new Type(undefined, baseUrl + path, instance),
      },
      adapter: axios.getAdapter(axios.defaults.adapter),
      route,
    };
  }

  async #resolve(): Promise<Resolution> {
    const { options, env, homeDirectory, files, logger, resolution: early } = this.#parts;
    const { config, wantsProfile } = early;
    if (files === undefined || config.dir === undefined) return early;
    const choice = profileChoice(options.profile, env);
    const { readFileSettings } = await machine();
    const settings = await readFileSettings(files, config.dir, { wanted: wantsProfile, choice });
    const resolution = resolveConfig(options, { env, homeDirectory, files: settings });
    if (settings.note !== undefined) logger.warn(settings.note);
    return resolution;
  }

  async #proxyFor(url: URL, inRange: (address: string, cidr: string) => boolean): Promise<URL | undefined> {
    const { options, env } = this.#parts;
    const { proxyFor } = await machine();
    const proxy = proxyFor(url, { option: options.proxy, env }, inRange);
    this.secrets.add(proxy?.password, proxy && decodeURIComponent(proxy.password));
    return proxy;
  }
}

/** What axios is told of a route. Its own reading of the environment's proxies is always off: the route is all there is. */
export function axiosRoute({ agent, forwardProxy }: Route): object {
  return { ...(agent && { httpAgent: agent, httpsAgent: agent }), proxy: forwardProxy ?? false };
}

function checkHeadersAndAuth(options: ClientOptions): void {
  if (options.auth !== undefined && options.auth !== false && hasAuthorization(options.headers ?? {})) {
    throw new ConfigurationError('Give either the option auth or a header Authorization, not both.');
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
      'The option signer is no key: give an Ed25519Identity, an RsaIdentity, or an object with keyId, algorithm and sign.',
    );
  }
}

function report(config: ResolvedConfig, logger: Logger): void {
  const { sources } = config;
  logger.debug(`Config dir (${sources.dir}): ${config.dir ?? 'none'}`);
  logger.debug(`Host is set to (${sources.endpoint}): ${config.baseUrl}`);
  if (config.profile !== undefined) logger.debug(`Profile: ${config.profile}`);
  if (config.namespace !== undefined) logger.debug(`Namespace: ${config.namespace}`);
}
