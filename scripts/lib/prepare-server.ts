// Has the Bacalhau servers built before the tests start, so that no test waits for a compiler.
import { DevnetError, ensureLegacyServer, ensureServer } from 'bacalhau-devnet';

const onProgress = (message: string) => console.log(message);

const server = await ensureServer({ server: 'pinned', onProgress });
console.log(`bacalhau ${server.version}: ${server.path}`);

try {
  const legacy = await ensureLegacyServer({ onProgress });
  console.log(`bacalhau ${legacy.version}: ${legacy.path}`);
} catch (error) {
  // Its tests are skipped then, and say why; where they are required, they fail.
  const missing = DevnetError.is(error) && error.code !== 'SERVER_BUILD_FAILED';
  if (!missing) throw error;
  console.log(`no legacy server: ${error.message}`);
}
