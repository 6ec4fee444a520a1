import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A directory for the key file of this test file's clients, so that none touches the developer's own. */
export function keyDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'bacalhau-test-keys-'));
  afterAll(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}
