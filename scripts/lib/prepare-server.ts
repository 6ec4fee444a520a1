// Has the Bacalhau servers built before the tests start, so that no test waits for a compiler.
import { DevnetError, ensureServer, PINNED_SERVER_VERSION, SERVER_VERSIONS } from 'bacalhau-devnet';

const onProgress = (message: string) => console.log(message);

for (const version of SERVER_VERSIONS) {
  try {
    const server = await ensureServer({ server: version, onProgress });
    console.log(`bacalhau ${server.version}: ${server.path}`);
  } catch (error) {
    // The tests of an older one are skipped then, and say why; where they are required, they fail.
    const missing = DevnetError.is(error) && error.code !== 'SERVER_BUILD_FAILED';
    if (!missing || `v${version}` === PINNED_SERVER_VERSION) throw error;
    console.log(`no server ${version}: ${error.message}`);
  }
}
