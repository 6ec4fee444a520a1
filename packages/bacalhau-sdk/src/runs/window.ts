/** How work is spread. */
export interface WindowOptions {
  /** How many pieces may be under way or not taken yet. */
  readonly concurrency: number;
  /** Ends the loop with its reason. */
  readonly cut: AbortSignal;
  /** Called when the loop is left early, before it waits for what is under way. */
  readonly onLeft: () => void;
}

/**
 * Works on inputs side by side and gives what comes of them in the order of completion. It takes an input only when
 * there is room for it, so a slow consumer slows the source. The first piece of work that rejects ends the loop. When
 * that is over, however it came to that, nothing is under way any more.
 */
export async function* mapConcurrently<Input, Output extends object>(
  inputs: Iterable<Input> | AsyncIterable<Input>,
  work: (input: Input, index: number) => Promise<Output>,
  { concurrency, cut, onLeft }: WindowOptions,
): AsyncGenerator<Output, void, undefined> {
  const source =
    typeof inputs !== 'string' && Symbol.asyncIterator in inputs
      ? inputs[Symbol.asyncIterator]()
      : inputs[Symbol.iterator]();
  const running = new Set<Promise<void>>();
  const finished: Output[] = [];
  let started = 0;
  let taken = 0;
  let pulling = false;
  let exhausted = false;
  let failure: { readonly reason: unknown } | undefined;
  let wake = (): void => {};

  const fail = (reason: unknown): void => {
    failure ??= { reason };
    wake();
  };
  const start = (input: Input): void => {
    const piece = work(input, started++)
      .then((output) => {
        finished.push(output);
      }, fail)
      .finally(() => {
        running.delete(piece);
        wake();
      });
    running.add(piece);
  };
  /** One input after the other, as long as there is room. */
  const pull = async (): Promise<void> => {
    if (pulling) return;
    pulling = true;
    try {
      while (!exhausted && failure === undefined && started - taken < concurrency) {
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
  const onCut = (): void => fail(cut.reason);

  cut.addEventListener('abort', onCut, { once: true });
  if (cut.aborted) onCut();
  try {
    for (;;) {
      void pull();
      if (failure !== undefined) throw failure.reason;
      const output = finished.shift();
      if (output !== undefined) {
        yield output;
        taken += 1;
      } else if (exhausted && taken === started) {
        return;
      } else {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    }
  } finally {
    cut.removeEventListener('abort', onCut);
    const isLeft = !(exhausted && taken === started);
    failure ??= { reason: undefined };
    if (isLeft) {
      onLeft();
      // Not waited for: a source that has nothing to give now may never answer.
      void (async () => source.return?.())().catch(() => undefined);
    }
    await Promise.allSettled(running);
  }
}
