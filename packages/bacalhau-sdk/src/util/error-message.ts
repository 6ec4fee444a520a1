/**
 * The message of whatever was thrown. `fetch` gives the reason in the cause only. Not by `instanceof`: in jest, errors of
 * Node's own modules come from another realm.
 */
export function messageOf(error: unknown): string {
  if (typeof error !== 'object' || error === null) return String(error);
  if ('cause' in error && typeof error.cause === 'object' && error.cause !== null && 'message' in error.cause) {
    return String(error.cause.message);
  }
  return 'message' in error ? String(error.message) : String(error);
}
