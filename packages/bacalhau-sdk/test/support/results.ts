import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A directory that does not exist yet, in one that is removed after the tests of the file. Call it outside of tests. */
export function freshDirectories(): (name?: string) => string {
  let parent = '';
  let count = 0;
  beforeAll(async () => {
    parent = await mkdtemp(join(tmpdir(), 'bacalhau-results-'));
  });
  afterAll(() => rm(parent, { recursive: true, force: true }));
  return (name = 'out') => {
    count += 1;
    return join(parent, String(count), name);
  };
}

/** Every file and directory below a directory, sorted; nothing if it does not exist. */
export async function contentsOf(directory: string): Promise<string[]> {
  const entries = await readdir(directory, { recursive: true }).catch(() => []);
  return entries.sort();
}
