// Runs a program with BACALHAU_API_HOST set: as it is, or to a network that is started for it.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { startDevnet } from 'bacalhau-devnet';

const network = process.env['BACALHAU_API_HOST'] ? undefined : await startDevnet({ onProgress: console.error });
try {
  const program = spawn(process.execPath, process.argv.slice(2), {
    stdio: 'inherit',
    env: { ...process.env, ...network?.env },
  });
  const [code] = await once(program, 'close');
  process.exitCode = typeof code === 'number' ? code : 1;
} finally {
  await network?.stop();
}
