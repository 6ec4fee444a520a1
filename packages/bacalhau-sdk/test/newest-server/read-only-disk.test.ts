import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { testWith } from '../support/requirements.js';

testWith(['mounts'], 'a read-only file system is named as the reason why no key can be made', async () => {
  const disk = mkdtempSync(join(tmpdir(), 'bacalhau-disk-'));
  try {
    const dir = join(disk, 'home', '.bacalhau');
    const program = join(__dirname, '..', 'support', 'processes', 'make-key.mjs');
    // A disk of its own, which only this program sees.
    const command = 'mount -t tmpfs -o ro tmpfs "$1" && exec "$2" "$3" "$4"';
    const { stdout, stderr } = spawnSync(
      'unshare',
      ['--user', '--map-root-user', '--mount', 'sh', '-c', command, 'sh', disk, process.execPath, program, dir],
      { encoding: 'utf8' },
    );
    expect({ stdout: JSON.parse(stdout), stderr }).toEqual({
      stdout: {
        name: 'ConfigurationError',
        message: expect.stringMatching(/user_id\.pem: its file system is read-only \(EROFS\)\. .*BACALHAU_DIR/),
      },
      stderr: '',
    });
  } finally {
    rmSync(disk, { recursive: true });
  }
});
