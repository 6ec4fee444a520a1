import { checkOneOf, checkSignal } from '../arguments/index.js';
import type { Transport } from '../http/index.js';
import type { RunOptions } from '../outcome/index.js';
import { checkUnreachableAfter } from '../waiting/index.js';

const OUTPUT = { whole: 'whole', beginning: 'beginning' };

/** Before a job is submitted: what is refused only afterwards leaves a job that nobody waits for. */
export function checkRunOptions(options: RunOptions, transport: Transport): void {
  transport.timeoutMs(options);
  checkSignal(options.signal);
  checkUnreachableAfter(options.unreachableAfterMs);
  if (options.output !== undefined) checkOneOf(options.output, OUTPUT, 'output');
}
