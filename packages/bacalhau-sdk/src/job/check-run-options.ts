import { oneOf } from '../spec/index.js';
import { checkSignal, type Transport } from '../transport/index.js';
import { checkPatience } from '../wait/index.js';
import type { RunOptions } from './run-options.js';

const OUTPUT = { whole: 'whole', beginning: 'beginning' };

/** Before a job is submitted: what is refused only afterwards leaves a job that nobody waits for. */
export function checkRunOptions(options: RunOptions, transport: Transport): void {
  transport.timeoutMs(options);
  checkSignal(options.signal);
  checkPatience(options.unreachableAfterMs);
  if (options.output !== undefined) oneOf(options.output, OUTPUT, 'output');
}
