import { parseRelease, type ServerRelease } from '../model/index.js';
import type { Operation } from './operation.js';
import type { CallOptions } from './options.js';
import { textProblem } from './response-shapes.js';

const VERSION: Operation<{ GitVersion: string }> = {
  name: 'agent.version',
  safe: true,
  problem: textProblem('GitVersion'),
  send: ({ agent }, request) => agent.getAgentVersion(request),
};

/** The server's release, requested until it is known. */
export class ServerReleaseCache {
  readonly #call: <T extends object>(operation: Operation<T>, options: CallOptions) => Promise<T>;
  #known: { readonly release: ServerRelease | undefined } | undefined;

  constructor(call: <T extends object>(operation: Operation<T>, options: CallOptions) => Promise<T>) {
    this.#call = call;
  }

  /**
   * Returns the release; undefined for a development build, which counts as the newest. Concurrent callers do not share a
   * request: one that is aborted must not affect the others.
   */
  async get(options: CallOptions): Promise<ServerRelease | undefined> {
    if (this.#known === undefined) {
      const { GitVersion } = await this.#call(VERSION, options);
      this.#known = { release: parseRelease(GitVersion) };
    }
    return this.#known.release;
  }
}
