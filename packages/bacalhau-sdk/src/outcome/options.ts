import { checkOneOf, checkSignal, type OptionNames } from '../arguments/index.js';
import type { Transport } from '../http/index.js';
import type { LogEntry } from '../logs/index.js';
import type { ResultAccess } from '../results/index.js';
import { checkListener, checkUnreachableAfter, WAIT_OPTIONS, type WaitOptions } from '../waiting/index.js';

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
  /**
   * Called with what the job prints while it runs, as `job.logs({ follow: true })` yields it, always before the result is
   * returned. A promise that it returns is awaited before the next entry. What it throws is thrown by the call. Default: none.
   */
  readonly onLog?: ((entry: LogEntry) => void) | undefined;
  /** How the hosts of published results are reached: a WebAssembly job's output is read from there. */
  readonly results?: ResultAccess | undefined;
}

export const JOB_RESULT_OPTIONS: OptionNames<JobResultOptions> = {
  ...WAIT_OPTIONS,
  throwOnNonZeroExit: true,
  output: true,
  onLog: true,
  results: true,
};

/** Options whose listeners get what the call gives them. */
type UncheckedOptions = Omit<JobResultOptions, 'onUpdate' | 'onLog'> & {
  readonly onUpdate?: unknown;
  readonly onLog?: unknown;
};

const OUTPUT = { whole: 'whole', beginning: 'beginning' };

/** Checks the values before anything is sent: what is refused later leaves a job that nobody waits for. */
export function checkJobResultOptions(options: UncheckedOptions, transport: Transport): void {
  transport.timeoutMs(options);
  checkSignal(options.signal);
  checkListener(options.onUpdate, 'onUpdate');
  checkListener(options.onLog, 'onLog');
  checkUnreachableAfter(options.unreachableAfterMs);
  if (options.output !== undefined) checkOneOf(options.output, OUTPUT, 'output');
}
