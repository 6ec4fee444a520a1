import type { Job } from 'bacalhau-sdk';
import ora, { type Ora } from 'ora';

/** Shows a job's state on one line of the terminal, or prints a line per change if there is no terminal. */
export function progress(text: string): { readonly line: Ora; readonly onUpdate: (job: Job) => void } {
  const line = ora({ text, stream: process.stderr }).start();
  let last = '';
  return {
    line,
    onUpdate({ ID, State }) {
      const state = State?.StateType ?? 'unknown';
      if (state === last) return;
      last = state;
      line.text = `Job ${ID} is ${state.toLowerCase()}`;
    },
  };
}
