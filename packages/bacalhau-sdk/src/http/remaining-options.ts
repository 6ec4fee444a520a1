/** Returns a function that returns the options with what is left of their time, if that is limited. */
export function remainingOptions<O extends { readonly timeoutMs?: number | undefined }>(options: O): () => O {
  const startedAt = performance.now();
  const { timeoutMs } = options;
  return () => {
    if (timeoutMs === undefined) return options;
    return { ...options, timeoutMs: Math.max(1, Math.ceil(timeoutMs - (performance.now() - startedAt))) };
  };
}
