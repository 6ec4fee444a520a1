import { checkOneOf, checkSignal, type OptionNames } from '../arguments/index.js';
import type { Transport } from '../http/index.js';
import type { ResultAccess } from '../results/index.js';
import { checkOnUpdate, checkUnreachableAfter, WAIT_OPTIONS, type WaitOptions } from '../waiting/index.js';

/** How the result of a job is awaited and collected. */
export interface JobResultOptions extends WaitOptions {
  /** Whether an exit code that means failure rejects with `JobExitError`. Default: true. */
  readonly throwOnNonZeroExit?: boolean | undefined;
  /**
   * How much of what the job printed is fetched: the `whole`; or its `beginning`, as far as the server keeps it with the
   * execution, which takes no further request and needs no publisher: 2,048 bytes or less, under load perhaps nothing, and
   * so `outputComplete` is false. Default: `whole`.
   */
  readonly output?: 'whole' | 'beginning' | undefined;
  /** How the hosts of published results are reached: a WebAssembly job's output is read from there. */
  readonly results?: ResultAccess | undefined;
}

export const JOB_RESULT_OPTIONS: OptionNames<JobResultOptions> = {
  ...WAIT_OPTIONS,
  throwOnNonZeroExit: true,
  output: true,
  results: true,
};

const OUTPUT = { whole: 'whole', beginning: 'beginning' };

/** Checks the values before anything is sent: what is refused later leaves a job that nobody waits for. */
export function checkJobResultOptions(options: JobResultOptions, transport: Transport): void {
  transport.timeoutMs(options);
  checkSignal(options.signal);
  checkOnUpdate(options.onUpdate);
  checkUnreachableAfter(options.unreachableAfterMs);
  if (options.output !== undefined) checkOneOf(options.output, OUTPUT, 'output');
}
