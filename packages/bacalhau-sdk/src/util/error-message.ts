/**
 * Returns the message of anything that was thrown. `fetch` puts the reason into the cause.
 */
export function messageOf(error: unknown): string {
  // Not by `instanceof`: in jest, errors of Node's own modules come from another realm.
  if (typeof error !== 'object' || error === null) return String(error);
  if ('cause' in error && typeof error.cause === 'object' && error.cause !== null && 'message' in error.cause) {
    return String(error.cause.message);
  }
  return 'message' in error ? String(error.message) : String(error);
}
