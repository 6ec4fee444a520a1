/** The SDK of another checkout, to compare two commits. */
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Bacalhau } from 'bacalhau-sdk';

const OPTION = '--against=';

/** Loads the client of the checkout that `--against=FOLDER` names, which has to be built. */
export async function otherClient(): Promise<typeof Bacalhau | undefined> {
  const folder = process.argv.find((argument) => argument.startsWith(OPTION))?.slice(OPTION.length);
  if (folder === undefined) return undefined;
  const file = join(resolve(folder), 'packages/bacalhau-sdk/dist/index.mjs');
  const sdk: { readonly Bacalhau: typeof Bacalhau } = await import(pathToFileURL(file).href);
  return sdk.Bacalhau;
}
