import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import fs from 'node:fs';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { cached } from './cache.mjs';
import { debianSource } from './debian.mjs';
import { findProgram } from './paths.mjs';
import { runToEnd } from './processes.mjs';

/**
 * @typedef {import('./run.mjs').Run} Run
 * @typedef {{file: string, digest: string, diffId: string}} Layer
 * @typedef {object} Image
 * @property {string} name
 * @property {string[]} cmd
 * @property {(run: Run, root: string) => Promise<void>} fill  puts the image's files into a folder
 */

/** Change it whenever images are made differently: it tells the cached ones from those to come. */
const RECIPE = 1;
const ARCHITECTURE = process.arch === 'x64' ? 'amd64' : process.arch;
const PATH = 'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** @type {Image[]} */
export const IMAGES = [
  { name: 'busybox', cmd: ['/bin/sh'], fill: fillBusybox },
  { name: 'ubuntu', cmd: ['/bin/bash'], fill: fillUbuntu },
  { name: 'node', cmd: ['/bin/node'], fill: fillNode },
];

/** One program under all of its names. */
async function fillBusybox(/** @type {Run} */ run, /** @type {string} */ root) {
  const busybox = findProgram('busybox') ?? '';
  for (const folder of ['bin', 'dev', 'etc', 'proc', 'root', 'sys', 'tmp', 'var'])
    fs.mkdirSync(path.join(root, folder));
  fs.chmodSync(path.join(root, 'tmp'), 0o1777);
  fs.copyFileSync(busybox, path.join(root, 'bin', 'busybox'));
  fs.chmodSync(path.join(root, 'bin', 'busybox'), 0o755);
  for (const applet of (await runToEnd(run, busybox, ['--list'])).split('\n')) {
    if (applet && applet !== 'busybox') fs.symlinkSync('busybox', path.join(root, 'bin', applet));
  }
  fs.writeFileSync(path.join(root, 'etc', 'passwd'), 'root:x:0:0:root:/root:/bin/sh\n');
  fs.writeFileSync(path.join(root, 'etc', 'group'), 'root:x:0:\n');
}

/** Stands for Ubuntu: the smallest system of the machine's own distribution, with bash and the usual tools. */
async function fillUbuntu(/** @type {Run} */ run, /** @type {string} */ root) {
  const { codename, address, keyring } = await debianSource(run);
  const options = ['--variant=minbase', ...(keyring ? [`--keyring=${keyring}`] : [])];
  await runToEnd(run, 'debootstrap', [...options, codename, root, address], { minutes: 20 });
  for (const folder of ['dev', 'var/cache/apt', 'var/lib/apt/lists', 'usr/share/doc', 'usr/share/man']) {
    fs.rmSync(path.join(root, folder), { recursive: true, force: true });
    fs.mkdirSync(path.join(root, folder));
  }
}

/** The Node that runs this, and the libraries that it is linked with. */
async function fillNode(/** @type {Run} */ run, /** @type {string} */ root) {
  const program = fs.realpathSync(process.execPath);
  const linked = (await runToEnd(run, 'ldd', [program])).matchAll(/(?:=> |^\s*)(\/\S+) \(/gm);
  for (const file of [...linked].flatMap(([, file]) => file ?? [])) {
    fs.mkdirSync(path.join(root, path.dirname(file)), { recursive: true });
    fs.copyFileSync(fs.realpathSync(file), path.join(root, file));
  }
  for (const folder of ['bin', 'dev', 'proc', 'sys', 'tmp']) fs.mkdirSync(path.join(root, folder));
  fs.copyFileSync(program, path.join(root, 'bin', 'node'));
  fs.chmodSync(path.join(root, 'bin', 'node'), 0o755);
}

/** Makes the image's only layer, or takes it from the cache. */
export async function makeLayer(/** @type {Run} */ run, /** @type {Image} */ image) {
  const folder = await cached(run, `image-${image.name}-${ARCHITECTURE}-${RECIPE}`, async (target) => {
    const root = path.join(run.folder, `image-${image.name}`);
    fs.mkdirSync(root, { mode: 0o755 });
    await image.fill(run, root);
    const layer = await pack(run, root, path.join(target, 'layer.tar.gz'));
    fs.writeFileSync(path.join(target, 'layer.json'), JSON.stringify(layer));
    fs.rmSync(root, { recursive: true });
  });
  const { digest, diffId } = JSON.parse(fs.readFileSync(path.join(folder, 'layer.json'), 'utf8'));
  return /** @type {Layer} */ ({ file: path.join(folder, 'layer.tar.gz'), digest, diffId });
}

async function pack(/** @type {Run} */ run, /** @type {string} */ root, /** @type {string} */ file) {
  const plain = createHash('sha256');
  const packed = createHash('sha256');
  const tar = spawn('tar', ['--numeric-owner', '-C', root, '-cf', '-', '.'], {
    env: run.env,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(tar, 'close');
  await pipeline(tar.stdout, hashInto(plain), createGzip({ level: 1 }), hashInto(packed), fs.createWriteStream(file));
  const [code] = await ended;
  if (code !== 0) throw new Error(`tar failed (${code})`);
  return { digest: `sha256:${packed.digest('hex')}`, diffId: `sha256:${plain.digest('hex')}` };
}

function hashInto(/** @type {import('node:crypto').Hash} */ hash) {
  return async function* (/** @type {AsyncIterable<Buffer>} */ source) {
    for await (const chunk of source) {
      hash.update(chunk);
      yield chunk;
    }
  };
}

/** Puts the image into the registry, in the place where Docker looks for an image without a registry in its name. */
export async function pushImage(
  /** @type {string} */ registry,
  /** @type {Image} */ image,
  /** @type {Layer} */ { file, digest, diffId },
) {
  const repository = `${registry}/v2/library/${image.name}`;
  const config = Buffer.from(
    JSON.stringify({
      architecture: ARCHITECTURE,
      os: 'linux',
      config: { Cmd: image.cmd, Env: [PATH] },
      rootfs: { type: 'layers', diff_ids: [diffId] },
      history: [{ created_by: 'testbed' }],
    }),
  );
  const configDigest = `sha256:${createHash('sha256').update(config).digest('hex')}`;
  const layer = fs.readFileSync(file);
  await pushBlob(repository, digest, layer);
  await pushBlob(repository, configDigest, config);

  const types = 'application/vnd.docker';
  const manifest = {
    schemaVersion: 2,
    mediaType: `${types}.distribution.manifest.v2+json`,
    config: { mediaType: `${types}.container.image.v1+json`, size: config.length, digest: configDigest },
    layers: [{ mediaType: `${types}.image.rootfs.diff.tar.gzip`, size: layer.length, digest }],
  };
  await request('PUT', `${repository}/manifests/latest`, manifest.mediaType, JSON.stringify(manifest));
}

async function pushBlob(
  /** @type {string} */ repository,
  /** @type {string} */ digest,
  /** @type {Buffer<ArrayBuffer>} */ content,
) {
  const upload = await request('POST', `${repository}/blobs/uploads/`);
  const target = new URL(upload.headers.get('location') ?? '', repository);
  target.searchParams.set('digest', digest);
  await request('PUT', target.href, 'application/octet-stream', content);
}

async function request(
  /** @type {string} */ method,
  /** @type {string} */ url,
  type = 'application/octet-stream',
  /** @type {string | Buffer<ArrayBuffer>} */ body = '',
) {
  const signal = AbortSignal.timeout(120_000);
  const response = await fetch(url, { method, headers: { 'content-type': type }, body, signal });
  if (!response.ok)
    throw new Error(`the registry refuses ${method} ${url}: ${response.status} ${await response.text()}`);
  return response;
}
