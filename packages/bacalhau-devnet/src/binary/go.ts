import { execFile } from 'node:child_process';
import { tmpdir } from 'node:os';
import { promisify } from 'node:util';
import { DevnetError, messageOf } from '../errors.js';
import { findOnPath, isExecutable } from './find.js';
import { CURRENT_PLATFORM, isPackaged, platformPackage } from './platform.js';

/** A Go that can build a server. */
export interface GoCommand {
  readonly path: string;
  /** The environment variables that it needs. */
  readonly env: Readonly<Record<string, string>>;
}

/** Since this version Go downloads the toolchain that a module, or GOTOOLCHAIN, asks for. */
const SELF_UPDATING_MINOR = 21;
const ADVICE = [
  'Either install Go 1.21 or newer, so that the server can be built (a few minutes, once)',
  ...(isPackaged(CURRENT_PLATFORM)
    ? [`or install ${platformPackage(CURRENT_PLATFORM)}, which has the newest one and is left out with --omit=optional`]
    : []),
  'or put a `bacalhau` of 1.8 or newer on the PATH',
  'or set BACALHAU_BIN to the path of one.',
].join('; ');

/** Finds the Go for a server of today's Go, whose module names the version that it needs. */
export async function findGo(): Promise<GoCommand> {
  const path = await findOnPath('go');
  if (path === undefined) {
    throw new DevnetError('SERVER_NOT_FOUND', `There is no Bacalhau server on this machine, and no Go. ${ADVICE}`);
  }
  let version: string;
  try {
    version = await goVersion(path);
  } catch (error) {
    throw new DevnetError('SERVER_NOT_FOUND', `${path} does not work: ${messageOf(error)}. ${ADVICE}`, {
      cause: error,
    });
  }
  if (minorOf(version) < SELF_UPDATING_MINOR) {
    throw new DevnetError('SERVER_NOT_FOUND', `${path} is too old (${version.trim()}). ${ADVICE}`);
  }
  return { path, env: {} };
}

/** The libraries of 0.3.16 refuse to be compiled by newer toolchains. */
const LEGACY_TOOLCHAIN = 'go1.19.13';
const LEGACY_MINORS = [18, 19];

/** Finds the Go for Bacalhau 0.3.16: Go 1.18 or 1.19, also where Debian installs it, or a newer one, which downloads 1.19. */
export async function findLegacyGo(): Promise<GoCommand> {
  const candidates = [await findOnPath('go'), '/usr/lib/go-1.19/bin/go', '/usr/lib/go-1.18/bin/go'];
  for (const path of candidates) {
    if (path === undefined || !(await isExecutable(path))) continue;
    const minor = minorOf(await goVersion(path).catch(() => ''));
    // It must use its own tools, whatever the shell's settings.
    if (LEGACY_MINORS.includes(minor)) return { path, env: { GOTOOLCHAIN: 'local', GOROOT: await goRoot(path) } };
    if (minor >= SELF_UPDATING_MINOR) return { path, env: { GOTOOLCHAIN: LEGACY_TOOLCHAIN } };
  }
  throw new DevnetError(
    'SERVER_NOT_FOUND',
    'There is no Go to build Bacalhau 0.3.16 with. Install Go 1.21 or newer, which downloads the Go 1.19 that it needs, or Go 1.19 itself (Debian: golang-1.19).',
  );
}

/** Runs outside any Go module, which could ask for another version. */
async function goVersion(path: string): Promise<string> {
  return (await promisify(execFile)(path, ['version'], { cwd: tmpdir() })).stdout;
}

async function goRoot(path: string): Promise<string> {
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => name !== 'GOROOT'));
  return (await promisify(execFile)(path, ['env', 'GOROOT'], { cwd: tmpdir(), env })).stdout.trim();
}

/** Returns the minor number of a version. An unreleased Go, which has none, counts as the newest. */
const minorOf = (version: string): number =>
  version === '' ? 0 : Number(/go1\.(\d+)/.exec(version)?.[1] ?? Number.POSITIVE_INFINITY);
