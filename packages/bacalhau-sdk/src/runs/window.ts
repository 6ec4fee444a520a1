import { onAbort } from '../util/index.js';
export interface WindowOptions {
  /** How many inputs may be in progress or not consumed yet, at the moment. */
  readonly limit: () => number;
  /** Takes what is to be called when the limit may have grown. */
  readonly onLimitChange: (listener: () => void) => void;
  /** Ends the loop with its reason. */
  readonly signal: AbortSignal;
  /** Called when the loop ends early, before it waits for the work in progress. */
  readonly onAbandoned: () => void;
}

/**
 * Processes inputs concurrently and yields their outputs in the order of completion. It takes an input only when there is
 * room for it, so a slow consumer slows the source. The first work that rejects ends the loop. When the loop is over, for
 * whatever reason, no work is in progress any more.
 */
export async function* mapConcurrently<Input, Output extends object>(
  inputs: Iterable<Input> | AsyncIterable<Input>,
  work: (input: Input, index: number) => Promise<Output>,
  { limit, onLimitChange, signal, onAbandoned }: WindowOptions,
): AsyncGenerator<Output, void, undefined> {
  const source =
    typeof inputs !== 'string' && Symbol.asyncIterator in inputs
      ? inputs[Symbol.asyncIterator]()
      : inputs[Symbol.iterator]();
  const running = new Set<Promise<void>>();
  const finished: Output[] = [];
  let started = 0;
  let consumed = 0;
  let pulling = false;
  let exhausted = false;
  let failure: { readonly reason: unknown } | undefined;
  let wake = (): void => {};

  const fail = (reason: unknown): void => {
    failure ??= { reason };
    wake();
  };
  const start = (input: Input): void => {
    const task = work(input, started++)
      .then((output) => {
        finished.push(output);
      }, fail)
      .finally(() => {
        running.delete(task);
        wake();
      });
    running.add(task);
  };
  /** Takes one input after the other, as long as there is room. */
  const pull = async (): Promise<void> => {
    if (pulling) return;
    pulling = true;
    try {
      while (!exhausted && failure === undefined && started - consumed < limit()) {
        const next = await source.next();
        if (next.done) exhausted = true;
        else if (failure === undefined) start(next.value);
      }
    } catch (error) {
      exhausted = true;
      fail(error);
    } finally {
      pulling = false;
      wake();
    }
  };
  const stop = (): void => fail(signal.reason);

  const removeListener = onAbort(signal, stop);
  onLimitChange(() => void pull());
  if (signal.aborted) stop();
  try {
    for (;;) {
      void pull();
      if (failure !== undefined) throw failure.reason;
      const output = finished.shift();
      if (output !== undefined) {
        yield output;
        consumed += 1;
      } else if (exhausted && consumed === started) {
        return;
      } else {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    }
  } finally {
    removeListener();
    const isAbandoned = !(exhausted && consumed === started);
    failure ??= { reason: undefined };
    if (isAbandoned) {
      onAbandoned();
      // Not awaited: a source that waits for its own input may never answer.
      void (async () => source.return?.())().catch(() => undefined);
    }
    await Promise.allSettled(running);
  }
}
