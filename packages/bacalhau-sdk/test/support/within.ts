/** Settles as the work does. What is longer under way than any deadline of the SDK allows hangs, and is named. */
export async function within<T>(ms: number, name: string, work: PromiseLike<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`${name} hangs: it is not over after ${ms} ms.`)), ms);
  });
  try {
    return await Promise.race([work, limit]);
  } finally {
    clearTimeout(timer);
  }
}

/** Works through the list, so many at a time, and in its order. */
export async function inLanes<T>(lanes: number, list: Iterable<T>, work: (item: T) => Promise<void>): Promise<void> {
  const left = list[Symbol.iterator]();
  const lane = async (): Promise<void> => {
    for (let next = left.next(); !next.done; next = left.next()) await work(next.value);
  };
  await Promise.all(Array.from({ length: lanes }, lane));
}

/** Resolves when the condition holds. */
export async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 10));
}
