/** Bringing a large file to where nodes read it: by the SDK and by `curl`. */
import { execFile, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { open } from 'node:fs/promises';
import { createServer } from 'node:net';
import { basename, dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import type { FilesVia } from 'bacalhau-sdk';
import { placeOf } from './lib/contestant.ts';
import { startNetwork } from './lib/network.ts';
import { type Outcome, type Row, report, say, sized } from './lib/program.ts';
import { ratios, spread } from './lib/spread.ts';
import { inTurns } from './lib/turns.ts';

const MEGABYTES = sized(1_000, 50);
const ROUNDS = sized(5, 2);
const LARGEST_MB = 150;

const run = promisify(execFile);

interface Store {
  readonly bucket: string;
  readonly endpoint: string;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
}

interface Submitted {
  readonly wallMs: number;
  readonly peakMb: number;
}

const read = (name: string): string => process.env[`BACALHAU_TEST_S3_${name}`] ?? '';
const store: Store = {
  bucket: read('BUCKET'),
  endpoint: read('ENDPOINT'),
  credentials: { accessKeyId: read('ACCESS'), secretAccessKey: read('SECRET') },
};
async function measured(): Promise<Omit<Outcome, 'title'>> {
  const devnet = await startNetwork();
  try {
    say(`a file of ${MEGABYTES} MB`);
    const file = join(devnet.dir, 'file.bin');
    const bytes = await writeBytes(file);
    const submit = async (via: FilesVia, fetchIt: (params: Readonly<Record<string, string>>) => Promise<number>) => {
      const program = [placeOf('upload.mjs'), devnet.url, devnet.dir, file, JSON.stringify(via)];
      const child = spawn(process.execPath, program, { stdio: ['pipe', 'pipe', 'inherit'] });
      try {
        const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
        const submitted = JSON.parse((await lines.next()).value ?? '{}');
        const wallMs = submitted.wallMs + (await fetchIt(submitted.params));
        child.stdin.end();
        const { peakMb } = JSON.parse((await lines.next()).value ?? '{}');
        return { wallMs, peakMb };
      } finally {
        child.kill();
      }
    };

    say('S3');
    const stored = await inTurns<'sdk' | 'curl' | 'curlAlone', Submitted>(ROUNDS, {
      sdk: async (round) => {
        const via = { s3: { ...store, prefix: `bench-${round}` } };
        return submit(via, async ({ Key = '' }) => {
          await s3(['-X', 'DELETE', objectUrl(Key)]);
          return 0;
        });
      },
      curl: async () => {
        const hashMs = await timed(() => run('sha256sum', [file]));
        return { wallMs: hashMs + (await uploadWithCurl(file)), peakMb: Number.NaN };
      },
      curlAlone: async () => ({ wallMs: await uploadWithCurl(file), peakMb: Number.NaN }),
    });

    say('serve');
    const other = await serveWithPython(dirname(file));
    try {
      const fetched = (url: string) => timed(() => run('curl', ['-fsS', '-o', '/dev/null', url]));
      const served = await inTurns<'sdk' | 'curl', Submitted>(ROUNDS, {
        sdk: async () => {
          let fetchMs = Number.NaN;
          const { peakMb } = await submit({ serve: { host: '127.0.0.1' } }, async ({ URL: url = '' }) => {
            fetchMs = await fetched(url);
            return 0;
          });
          return { wallMs: fetchMs, peakMb };
        },
        curl: async () => ({ wallMs: await fetched(`${other.url}/${basename(file)}`), peakMb: Number.NaN }),
      });
      const speeds = (submitted: readonly Submitted[]) => submitted.map(({ wallMs }) => bytes / 1e6 / (wallMs / 1_000));
      const rowsOf = (
        what: string,
        of: typeof served,
        against: string,
        alone?: readonly Submitted[],
      ): readonly Row[] => [
        {
          what: `${what}: speed, against ${against}`,
          measured: ratios(speeds(of.of('sdk')), speeds(of.of('curl'))),
          unit: 'x',
          target: { atLeast: 0.8 },
          beside: [
            { name: 'SDK', measured: spread(speeds(of.of('sdk'))), unit: 'MB/s' },
            { name: against, measured: spread(speeds(of.of('curl'))), unit: 'MB/s' },
            ...(alone === undefined
              ? []
              : [{ name: '`curl -T` alone', measured: spread(speeds(alone)), unit: 'MB/s' }]),
          ],
        },
        {
          what: `${what}: peak memory of the whole process`,
          measured: spread(of.of('sdk').map(({ peakMb }) => peakMb)),
          unit: 'MB',
          target: { atMost: LARGEST_MB },
        },
      ];
      return {
        rows: [
          ...rowsOf(`File of ${MEGABYTES} MB to S3`, stored, '`sha256sum` and `curl -T`', stored.of('curlAlone')),
          ...rowsOf(`File of ${MEGABYTES} MB served to \`curl\``, served, "Python's `http.server`"),
        ],
        notes: [
          'To S3 the SDK reads the file twice, first for the hash that it is stored under, and the store compares each part with a hash; the time is that of the whole submission. `sha256sum` and `curl -T` read it twice as well, but nothing is compared with the hash. What is served is hashed before the submission, and the time is that of the transfer.',
        ],
      };
    } finally {
      other.stop();
    }
  } finally {
    await devnet.stop();
  }
}

const objectUrl = (key: string): string => `${store.endpoint}/${store.bucket}/${key}`;

function s3(args: readonly string[]): Promise<unknown> {
  const { accessKeyId, secretAccessKey } = store.credentials;
  const signed = ['--aws-sigv4', 'aws:amz:us-east-1:s3', '--user', `${accessKeyId}:${secretAccessKey}`];
  // As `curl` does by itself from 8.0 on.
  return run('curl', ['-fsS', ...signed, '-H', 'x-amz-content-sha256: UNSIGNED-PAYLOAD', ...args]);
}

async function uploadWithCurl(file: string): Promise<number> {
  const url = objectUrl('curl.bin');
  const wallMs = await timed(() => s3(['-T', file, url]));
  await s3(['-X', 'DELETE', url]);
  return wallMs;
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await work();
  return performance.now() - began;
}

/** Bytes that do not compress. */
async function writeBytes(file: string): Promise<number> {
  const block = randomBytes(1_000_000);
  await using handle = await open(file, 'w');
  for (let index = 0; index < MEGABYTES; index += 1) {
    block.writeUInt32LE(index);
    await handle.write(block);
  }
  return MEGABYTES * block.length;
}

async function serveWithPython(folder: string): Promise<{ readonly url: string; readonly stop: () => void }> {
  const port = await freePort();
  const args = ['-m', 'http.server', '--bind', '127.0.0.1', '--directory', folder, String(port)];
  const server = spawn('python3', args, { stdio: 'ignore' });
  const url = `http://127.0.0.1:${port}`;
  for (const until = performance.now() + 10_000; performance.now() < until; ) {
    const isUp = await fetch(url).then(
      ({ ok }) => ok,
      () => false,
    );
    if (isUp) return { url, stop: () => void server.kill() };
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  server.kill();
  throw new Error('python3 -m http.server does not answer.');
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('No port was free.');
  return address.port;
}

report(
  'uploads',
  store.endpoint === ''
    ? { title: 'Uploads', rows: [], skipped: 'there is no S3 server: run it with `testbed/main.mjs run --only s3`' }
    : { title: 'Uploads', ...(await measured()) },
);
