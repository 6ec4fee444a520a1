import type { Execution } from 'bacalhau-apiclient';
import { BacalhauError, RequestAbortedError } from '../errors/index.js';
import { resultFiles } from './files.js';
import type { ResultsTarget } from './find.js';

/** What a program printed. */
export interface Printed {
  readonly stdout: string;
  readonly stderr: string;
  /** Whether that is all of it. */
  readonly complete: boolean;
}

/**
 * What an execution printed, from its published result. Undefined where there is none, or where it cannot be read from
 * here, for example because a node's address is another one than this machine would use.
 *
 * Of a WebAssembly program servers read the first thing it writes into a buffer of 2,049 bytes and drop what is beyond,
 * from the result too (seen on 1.9.3). That the buffer was full is what they call truncated, so that is looked at.
 */
export async function printedOutput(
  { ID, PublishedResult, RunOutput: kept }: Execution,
  target: ResultsTarget,
  options: { readonly isWasm: boolean; readonly signal?: AbortSignal | undefined },
): Promise<Printed | undefined> {
  if (!PublishedResult?.Type) return undefined;
  const { isWasm, signal } = options;
  const lost = isWasm && (kept?.StdoutTruncated === true || kept?.StderrTruncated === true);
  try {
    let stdout = '';
    let stderr = '';
    for await (const file of resultFiles(target, { executionId: ID, signal, maxRetries: 1 })) {
      if (file.path === 'stdout') stdout = await file.text();
      else if (file.path === 'stderr') stderr = await file.text();
    }
    return { stdout, stderr, complete: !lost };
  } catch (error) {
    if (!(error instanceof BacalhauError) || error instanceof RequestAbortedError) throw error;
    return undefined;
  }
}
