import { type Devnet, type DevnetOptions, ensureServer, startDevnet } from 'bacalhau-devnet';

/** Enough for the build of the server on a slow machine that has never built it. */
export const BUILD_TIMEOUT_MS = 20 * 60_000;
/** For one test with a few starts. */
export const TEST_TIMEOUT_MS = 120_000;

/** Every test uses the version that the package pins. */
export async function pinnedServer(): Promise<string> {
  return (await ensureServer({ server: 'pinned', onProgress: (message) => process.stderr.write(`${message}\n`) })).path;
}

/** Runs a test with a devnet; its logs stay and are named when the test fails. */
export async function withDevnet(options: DevnetOptions, test: (devnet: Devnet) => Promise<void>): Promise<void> {
  const devnet = await startDevnet({ server: 'pinned', ...options });
  try {
    await test(devnet);
  } catch (error) {
    await devnet.stop({ keepLogs: true });
    process.stderr.write(`Logs of the servers: ${devnet.dir}\n`);
    throw error;
  }
  await devnet.stop();
}
