import type { Job } from 'bacalhau-sdk';
import ora, { type Ora } from 'ora';

/** A line on the terminal that follows a job's state; a plain line for each change where there is no terminal. */
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
