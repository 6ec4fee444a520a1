import type { Logger } from '../logging/index.js';
import type { TextFiles } from '../platform/index.js';
import { Secret } from '../redaction/index.js';
import { isRecord, stringEntries } from '../util/index.js';

/** The command line's files: of the logins that the orchestrator offers itself, and of single sign-on. */
export type TokenFile = 'tokens.json' | 'jwt-tokens.json';

export interface TokenStoreParts {
  readonly files: TextFiles | undefined;
  readonly dir: string | undefined;
  /** Tokens are kept by the orchestrator's address, so that none goes to another. */
  readonly baseUrl: string;
  readonly logger: Logger;
}

/** Writers of one process take turns, or one would undo what another added. Between processes the last one wins. */
let turn: Promise<void> = Promise.resolve();

/**
 * The tokens of one orchestrator, in the files that the Bacalhau command line uses: a JSON object of tokens by address.
 * What cannot be read or written is said in the log, and does not fail a call: the worst is one more login.
 */
export class TokenStore {
  readonly #parts: TokenStoreParts;

  constructor(parts: TokenStoreParts) {
    this.#parts = parts;
  }

  async read(name: TokenFile): Promise<Secret | undefined> {
    const { files, dir, baseUrl, logger } = this.#parts;
    if (files === undefined || dir === undefined) return undefined;
    try {
      const tokens = await readTokens(files, files.join(dir, name));
      const [, token] = Object.entries(tokens).find(([address]) => sameAddress(address, baseUrl)) ?? [];
      return token === undefined || token === '' ? undefined : new Secret(token);
    } catch (error) {
      logger.warn(`${error instanceof Error ? error.message : error} Going on without a stored token.`);
      return undefined;
    }
  }

  async write(name: TokenFile, token: string): Promise<void> {
    const { files, dir, baseUrl, logger } = this.#parts;
    if (files === undefined || dir === undefined) return;
    const file = files.join(dir, name);
    const written = turn.then(async () => {
      const others = Object.entries(await readTokens(files, file)).filter(
        ([address]) => !sameAddress(address, baseUrl),
      );
      const tokens = Object.fromEntries([...others, [baseUrl, token]]);
      await files.replaceSecret(file, `${JSON.stringify(tokens)}\n`);
    });
    turn = written.catch((error: unknown) => {
      logger.warn(`${error instanceof Error ? error.message : error} The token is not kept for the next run.`);
    });
    await turn;
  }
}

/** The text of a malformed file is not quoted: it holds secrets. */
async function readTokens(files: TextFiles, file: string): Promise<Readonly<Record<string, string>>> {
  const text = (await files.read(file))?.trim();
  if (text === undefined || text === '') return {};
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch {
    content = undefined;
  }
  if (!isRecord(content)) {
    throw new Error(`${file} is no JSON object of tokens by address.`);
  }
  return stringEntries(content);
}

/** The command line keeps a profile's address as it was written: with the scheme's own port, or a slash at the end. */
function sameAddress(one: string, other: string): boolean {
  const [left, right] = [one, other].map((address) => {
    try {
      return new URL(address).href.replace(/\/+$/, '');
    } catch {
      return address;
    }
  });
  return left === right;
}
