/**
 * Started by every run, in a session of its own. Reads what there is to end, one line of JSON for each change, and
 * ends it once its input does: at the end of the run, or when the run's process is gone for whatever reason.
 */
import { createInterface } from 'node:readline';
import { cleanUp } from './cleanup.mjs';

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => {});
// The terminal may be gone by now, and a message that nobody can read must not stop the work.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});

/** @type {import('./cleanup.mjs').Inventory | undefined} */
let inventory;
for await (const line of createInterface({ input: process.stdin })) {
  try {
    inventory = JSON.parse(line);
  } catch {
    // Half a line, from a run that was killed while writing it: the line before it stands.
  }
}
if (inventory) await cleanUp(inventory);
process.exit(0);
