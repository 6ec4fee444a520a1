/**
 * Real Docker, real IPFS, a real S3 server and a real browser for a command, from nothing but a Debian or Ubuntu machine, and gone with the command:
 *
 *   node scripts/testbed/main.mjs run [--only docker,ipfs,s3,legacy,chromium] -- COMMAND ARGS…
 */
import path from 'node:path';
import { Interrupted, runCommand, untilSignal } from './command.mjs';
import { startDocker } from './docker.mjs';
import { pullImage } from './docker-api.mjs';
import { IMAGES, makeLayer, pushImage } from './images.mjs';
import { buildIpfs, startIpfs } from './ipfs.mjs';
import { ensurePrograms } from './packages.mjs';
import { endOf } from './processes.mjs';
import { startRegistry } from './registry.mjs';
import { beginRun } from './run.mjs';
import { buildS3, startS3 } from './s3.mjs';
import { stage } from './stage.mjs';

const PARTS = ['docker', 'ipfs', 's3', 'legacy', 'chromium'];

// What was given up on half-way must not keep the process.
process.exit(await main(process.argv.slice(2)));

async function main(/** @type {string[]} */ args) {
  const request = parse(args);
  if (!request) {
    console.error('usage: node scripts/testbed/main.mjs run [--only docker,ipfs,s3,legacy,chromium] -- COMMAND ARGS…');
    return 2;
  }
  const interrupted = untilSignal();
  const run = await beginRun();
  try {
    const env = await stage('ready', () => Promise.race([setUp(run, request.parts), interrupted]));
    return await stage('command', () => runCommand(request.command, { ...run.env, ...env }));
  } catch (error) {
    console.error(`testbed: ${error instanceof Error ? error.message : error}`);
    return error instanceof Interrupted ? error.exitCode : 1;
  } finally {
    await stage('stopped', run.end);
  }
}

function parse(/** @type {string[]} */ args) {
  const end = args.indexOf('--');
  const [verb, option, list, ...rest] = args.slice(0, end);
  const command = args.slice(end + 1);
  const parts = option === undefined ? PARTS : (list ?? '').split(',');
  const isKnown = (option === undefined || option === '--only') && parts.every((part) => PARTS.includes(part));
  if (end < 0 || verb !== 'run' || !isKnown || rest.length > 0 || command.length === 0) return undefined;
  return { parts, command };
}

/** Starts the parts at the same time and returns the environment for the command. */
async function setUp(/** @type {import('./run.mjs').Run} */ run, /** @type {string[]} */ parts) {
  const environments = await Promise.all([
    parts.includes('docker') ? setUpDocker(run) : {},
    setUpBuilt(run, parts),
    parts.includes('chromium') ? setUpChromium(run) : {},
  ]);
  return Object.assign({ BACALHAU_TEST_REQUIRE: parts.join(',') }, ...environments);
}

/** What Go builds, one after the other: two at once would take turns anyway. */
async function setUpBuilt(/** @type {import('./run.mjs').Run} */ run, /** @type {string[]} */ parts) {
  const ipfs = parts.includes('ipfs') ? await setUpIpfs(run) : {};
  const s3 = parts.includes('s3') ? await setUpS3(run) : {};
  if (parts.includes('legacy')) await setUpLegacy(run);
  return { ...ipfs, ...s3 };
}

/** What the tests' own Bacalhau server of 2022 is built with, and shut in with. */
async function setUpLegacy(/** @type {import('./run.mjs').Run} */ run) {
  await stage('legacy packages', () => ensurePrograms(run, ['ip', 'unshare', 'go', 'update-ca-certificates']));
}

/** The browser that the tests drive themselves. */
async function setUpChromium(/** @type {import('./run.mjs').Run} */ run) {
  await stage('chromium package', () => ensurePrograms(run, ['chromium']));
  return {};
}

async function setUpDocker(/** @type {import('./run.mjs').Run} */ run) {
  if (process.getuid?.() !== 0) throw new Error('Docker has to be started by root');
  await stage('docker packages', () =>
    ensurePrograms(run, ['dockerd', 'containerd', 'docker-registry', 'debootstrap', 'busybox']),
  );
  const registry = await stage('docker registry', () => startRegistry(run));
  const { socket, log } = await stage('docker daemon', () => startDocker(run, registry));
  await stage('docker images', async () => {
    for (const image of IMAGES) {
      await pushImage(registry, image, await makeLayer(run, image));
      await pullImage(socket, `${image.name}:latest`).catch((error) => {
        // Docker's answer only tells about the last place where it looked; its log has the reason.
        throw new Error(`${error.message}\n${endOf(log)}`);
      });
    }
  });
  return {
    DOCKER_HOST: `unix://${socket}`,
    // Meant for another Docker than this one.
    DOCKER_CONTEXT: undefined,
    DOCKER_TLS_VERIFY: undefined,
    DOCKER_CERT_PATH: undefined,
    BACALHAU_TEST_BUSYBOX_IMAGE: 'busybox:latest',
    BACALHAU_TEST_UBUNTU_IMAGE: 'ubuntu:latest',
  };
}

/** Adds a folder only if it is not there: a place further in front would hide programs of the same name. */
function withFolder(/** @type {string} */ searchPath, /** @type {string} */ folder) {
  const folders = searchPath.split(path.delimiter);
  return folders.includes(folder) ? searchPath : [folder, ...folders].join(path.delimiter);
}

async function setUpIpfs(/** @type {import('./run.mjs').Run} */ run) {
  const { file, goBin } = await buildIpfs(run);
  const { address, url, gateway } = await stage('ipfs daemon', () => startIpfs(run, file));
  return {
    // The command may have something to build, too.
    PATH: withFolder(process.env['PATH'] ?? '', goBin),
    BACALHAU_TEST_IPFS_API: address,
    BACALHAU_TEST_IPFS_API_URL: url,
    BACALHAU_TEST_IPFS_GATEWAY_URL: gateway,
  };
}

async function setUpS3(/** @type {import('./run.mjs').Run} */ run) {
  const { file } = await buildS3(run);
  const { endpoint, access, secret, bucket } = await stage('s3 server', () => startS3(run, file));
  return {
    BACALHAU_TEST_S3_ENDPOINT: endpoint,
    BACALHAU_TEST_S3_ACCESS: access,
    BACALHAU_TEST_S3_SECRET: secret,
    BACALHAU_TEST_S3_BUCKET: bucket,
  };
}
