/**
 * Calls a listener of the application. `onFailure` gets what it throws or, if it is asynchronous, rejects with, which would
 * end the process otherwise.
 */
export function callListener(call: () => unknown, onFailure: (error: unknown) => void): void {
  try {
    Promise.resolve(call()).catch(onFailure);
  } catch (error) {
    onFailure(error);
  }
}
