import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Devnet, startDevnet } from 'bacalhau-devnet';
import { docker } from '../../src/builders/docker.js';
import { inputs } from '../../src/builders/inputs.js';
import { publishers } from '../../src/builders/publishers.js';
import { Bacalhau } from '../../src/client/bacalhau.js';
import type { FilesVia, UploadProgress } from '../../src/index.js';
import { keyDirectory } from '../support/key-directory.js';
import { filesOf, manyFiles, sorted } from '../support/many-files.js';
import { describeWith } from '../support/requirements.js';
import { awsVariables, s3Bucket, s3Credentials } from '../support/s3-server.js';
import { writeFiles } from '../support/write-files.js';

const BUSYBOX = process.env['BACALHAU_TEST_BUSYBOX_IMAGE'] ?? 'busybox:latest';

describeWith(['docker', 's3', 'ipfs'], 'local data by a store', () => {
  const read = (name: string): string => process.env[`BACALHAU_TEST_${name}`] ?? '';
  const s3 = { ...s3Bucket, prefix: 'inputs', credentials: s3Credentials };
  const api = read('IPFS_API_URL');
  const dir = keyDirectory();
  let network: Devnet;
  let bacalhau: Bacalhau;
  let home: string;

  beforeAll(async () => {
    const ipfs = { Types: { IPFS: { Endpoint: read('IPFS_API') } } };
    network = await startDevnet({
      server: 'pinned',
      env: awsVariables(s3Credentials),
      config: { InputSources: ipfs },
    });
    bacalhau = new Bacalhau({ baseUrl: network.url, env: {}, dir });
    home = await mkdtemp(join(tmpdir(), 'uploads-'));
  }, 90_000);
  afterAll(async () => {
    await bacalhau.close();
    await network.stop();
    await rm(home, { recursive: true, force: true });
  });

  test.each<[string, (onProgress: (progress: UploadProgress) => void) => FilesVia]>([
    ['S3', (onProgress) => ({ s3: { ...s3, onProgress } })],
    ['IPFS', (onProgress) => ({ ipfs: { api, onProgress } })],
  ])(
    '300 files reach a job by %s and come back byte for byte, and are not sent a second time',
    async (way, via) => {
      const files = new Map([
        ...manyFiles(),
        ['empty', Buffer.alloc(0)] as const,
        ["ordner/ä +%20*'().txt", Buffer.from(way)] as const,
      ]);
      const folder = join(home, way);
      await writeFiles(join(folder, 'in'), Object.fromEntries(files));
      let last: UploadProgress | undefined;
      const job = () =>
        docker({
          ...{ image: BUSYBOX, outputs: { out: '/out' }, publisher: publishers.local() },
          entrypoint: [
            'sh',
            '-ec',
            'cp -r /in/. /out/; stat -c %a /in /in/f1 /in/empty /single/name; cat /single/name',
          ],
          inputs: [
            inputs.files(join(folder, 'in'), { target: '/in', via: via((progress) => (last = progress)) }),
            inputs.files(new File(['one\n'], 'x'), { target: '/single/name', via: via(() => undefined) }),
          ],
        });
      const totalBytes = [...files.values()].reduce((sum, { length }) => sum + length, 0);
      const first = await bacalhau.jobs.submit(job());
      expect(last).toEqual({ sentBytes: totalBytes, presentBytes: 0, totalBytes });
      const { stdout } = await first.result();
      // A node makes the folder of an S3 input for its own user.
      expect(stdout).toBe(`${way === 'S3' ? '700' : '755'}\n755\n644\n644\none\n`);
      await first.download(join(folder, 'results'));
      expect(sorted(await filesOf(join(folder, 'results', 'out')))).toEqual(sorted(files));

      const again = await bacalhau.jobs.submit(job());
      expect(last).toEqual({ sentBytes: 0, presentBytes: totalBytes, totalBytes });
      await again.wait();
    },
    120_000,
  );
});
