import type { Logger } from '../../logging/index.js';
import type { TextFiles } from '../../platform/index.js';
import { Secret } from '../../redaction/index.js';
import { isRecord, stringEntries } from '../../util/index.js';

/** The command line's files: of the logins that the orchestrator offers itself, and of single sign-on. */
export type TokenFile = 'tokens.json' | 'jwt-tokens.json';

export interface TokenStoreParts {
  readonly files: TextFiles | undefined;
  readonly dir: string | undefined;
  /** Tokens are stored by the orchestrator's address, so that none is sent to another. */
  readonly baseUrl: string;
  readonly logger: Logger;
  /** Accepts a file that others can read. */
  readonly allowReadable: boolean;
}

/** Writes of one process are serialized, or one would undo another. Between processes the last one wins. */
let lastWrite: Promise<void> = Promise.resolve();

/**
 * The tokens of one orchestrator, in the files that the Bacalhau command line uses: a JSON object of tokens by address.
 * A file that cannot be read or written costs a warning, and fails no call: the worst is one more login.
 */
export class TokenStore {
  readonly #parts: TokenStoreParts;

  constructor(parts: TokenStoreParts) {
    this.#parts = parts;
  }

  async read(name: TokenFile): Promise<Secret | undefined> {
    const { files, dir, baseUrl, logger, allowReadable } = this.#parts;
    if (files === undefined || dir === undefined) return undefined;
    try {
      const tokens = await readTokens(files, files.join(dir, name), allowReadable);
      const [, token] = Object.entries(tokens).find(([address]) => sameAddress(address, baseUrl)) ?? [];
      return token === undefined || token === '' ? undefined : new Secret(token);
    } catch (error) {
      logger.warn(`${error instanceof Error ? error.message : error} Continuing without a stored token.`);
      return undefined;
    }
  }

  async write(name: TokenFile, token: string): Promise<void> {
    const { files, dir, baseUrl, logger, allowReadable } = this.#parts;
    if (files === undefined || dir === undefined) return;
    const file = files.join(dir, name);
    const written = lastWrite.then(async () => {
      const others = Object.entries(await readTokens(files, file, allowReadable)).filter(
        ([address]) => !sameAddress(address, baseUrl),
      );
      const tokens = Object.fromEntries([...others, [baseUrl, token]]);
      await files.replaceSecret(file, `${JSON.stringify(tokens)}\n`);
    });
    lastWrite = written.catch((error: unknown) => {
      logger.warn(`${error instanceof Error ? error.message : error} The token is not stored for the next run.`);
    });
    await lastWrite;
  }
}

/** Reads the tokens of a file. The text of a malformed one is not quoted: it contains secrets. */
async function readTokens(
  files: TextFiles,
  file: string,
  allowReadable: boolean,
): Promise<Readonly<Record<string, string>>> {
  const text = (await files.readSecret(file, { allowReadable }))?.trim();
  if (text === undefined || text === '') return {};
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch {
    content = undefined;
  }
  if (!isRecord(content)) {
    throw new Error(`${file} is not a JSON object of tokens by address.`);
  }
  return stringEntries(content);
}

/**
 * Compares addresses as the command line writes them into profiles: with the scheme's default port, or a slash at the end.
 */
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
