import { execFile } from 'node:child_process';
import { tmpdir } from 'node:os';
import { promisify } from 'node:util';
import { PINNED_SERVER_VERSION } from 'bacalhau-devnet';

/** Returns the folder of the sources of the server that is pinned: a Go module, which lies in Go's cache once it was built. */
export async function serverSources(): Promise<string> {
  const module = `github.com/bacalhau-project/bacalhau@${PINNED_SERVER_VERSION}`;
  const { stdout } = await promisify(execFile)('go', ['mod', 'download', '-json', module], { cwd: tmpdir() });
  const { Dir } = JSON.parse(stdout);
  return String(Dir);
}
