/**
 * The watcher: a program that waits for the end of a devnet's supervisor, and cleans up if the supervisor was killed. So
 * does the process that started the devnet, but that one may have been killed as well. It notices by its standard input,
 * a pipe whose other end only the supervisor holds.
 */
import { cleanUp } from './clean-up.js';
import { readRecord } from './record.js';

async function afterSupervisor(dir: string): Promise<void> {
  // None if the supervisor or the starting process has removed the directory.
  const record = await readRecord(dir);
  if (record !== undefined) await cleanUp(record.scope, record.commands);
}

// Only the supervisor ends this process.
for (const signal of ['SIGINT', 'SIGHUP', 'SIGTERM'] as const) process.on(signal, () => {});

const [dir] = process.argv.slice(2);
process.stdin.resume();
process.stdin.once('close', () => void afterSupervisor(dir ?? ''));
