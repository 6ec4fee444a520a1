import { sleep } from './deadline.js';
import type { CallOptions } from './options.js';
import { LONGEST_OUTAGE_MS, mayPass, OUTAGE_PAUSE_MS } from './outage.js';
import type { Transport } from './transport.js';

/** Does again what may be done again, as long as the server is out of reach, and not longer than `longestMs`. */
export async function outlast<T>(
  transport: Transport,
  operation: string,
  work: (isRepeated: boolean) => Promise<T>,
  { signal, longestMs = LONGEST_OUTAGE_MS }: Pick<CallOptions, 'signal'> & { readonly longestMs?: number | undefined },
): Promise<T> {
  let since: number | undefined;
  for (;;) {
    try {
      return await work(since !== undefined);
    } catch (error) {
      since ??= performance.now();
      if (!mayPass(error) || performance.now() - since >= longestMs) throw error;
      await transport.hold(operation, { signal }, async (cut) => {
        await sleep(OUTAGE_PAUSE_MS, cut);
        cut.throwIfAborted();
      });
    }
  }
}
