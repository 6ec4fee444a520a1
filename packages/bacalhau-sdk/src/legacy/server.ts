import { JobApi } from 'bacalhau-apiclient/legacy';
import { ApiError, ConfigurationError } from '../errors/index.js';
import type { Apis, CallOptions, Transport } from '../http/index.js';
import { isRecord } from '../util/index.js';
import { type Dialect, dialectOf, type LegacyCall, releaseOf } from './dialects.js';

/** The server and its dialect, which is determined once or configured. */
export class LegacyServer {
  readonly #transport: Transport;
  readonly #apis = new Map<string, JobApi>();
  #version: string | undefined;

  constructor(transport: Transport, version: string | undefined) {
    this.#transport = transport;
    this.#version = version;
  }

  /** Returns the dialect of the server. Throws `UnsupportedByServerError` if it has none of this API. */
  async dialect(call: LegacyCall, options: CallOptions): Promise<Dialect> {
    // Not one request for all concurrent calls: each has its own signal and deadline.
    const version = this.#version ?? (await this.#requestVersion(options));
    const release = version === undefined ? undefined : releaseOf(version);
    if (release === undefined) {
      const { config } = await this.#transport.resolved();
      throw new ConfigurationError(
        `The server at ${config.baseUrl} was built without a version and reports ${JSON.stringify(version)}. Set the option serverVersion to its version.`,
      );
    }
    this.#version = version;
    return dialectOf(release, call);
  }

  /** Returns the generated client for a dialect. */
  api(apis: Apis, { path }: Dialect): JobApi {
    return this.#api(apis, path);
  }

  async #requestVersion(options: CallOptions): Promise<string | undefined> {
    try {
      const { build_version_info: build } = await this.#transport.call(
        {
          name: 'legacy.version',
          safe: true,
          problem: ({ build_version_info: info }) =>
            isRecord(info) ? undefined : 'build_version_info is not an object',
          send: (apis, request) => this.#api(apis, '').version({ versionRequest: {} }, request),
        },
        options,
      );
      // 1.1.1 changed the spelling.
      return textOf(build.GitVersion) ?? textOf(build.gitversion);
    } catch (error) {
      // Later servers have another call for this.
      if (!(error instanceof ApiError && [404, 405, 410].includes(error.status))) throw error;
    }
    const { GitVersion } = await this.#transport.call(
      { name: 'legacy.version', safe: true, send: ({ agent }, request) => agent.getAgentVersion(request) },
      options,
    );
    return textOf(GitVersion);
  }

  #api(apis: Apis, path: string): JobApi {
    const known = this.#apis.get(path) ?? apis.client(JobApi, path);
    this.#apis.set(path, known);
    return known;
  }
}

const textOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);
