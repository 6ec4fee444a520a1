import { sleep } from '../util/index.js';
import type { CallOptions } from './options.js';
import { isTransient, UNREACHABLE_AFTER_MS, UNREACHABLE_PAUSE_MS } from './retry-policy.js';
import type { Transport } from './transport.js';

/** Does again what may be done again, as long as the server is out of reach, and not longer than `longestMs`. */
export async function retryWhileUnreachable<T>(
  transport: Transport,
  operation: string,
  work: (isRepeated: boolean) => Promise<T>,
  {
    signal,
    longestMs = UNREACHABLE_AFTER_MS,
  }: Pick<CallOptions, 'signal'> & { readonly longestMs?: number | undefined },
): Promise<T> {
  let since: number | undefined;
  for (;;) {
    try {
      return await work(since !== undefined);
    } catch (error) {
      since ??= performance.now();
      if (!isTransient(error) || performance.now() - since >= longestMs) throw error;
      await transport.withDeadline(operation, { signal }, async (cut) => {
        await sleep(UNREACHABLE_PAUSE_MS, cut);
        cut.throwIfAborted();
      });
    }
  }
}
