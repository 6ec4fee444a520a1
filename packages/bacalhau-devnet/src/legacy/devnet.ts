import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { childEnv, envWithPrefix } from '../environment.js';
import { abortedError, codeOf, DevnetError, messageOf } from '../errors.js';
import { callHttp } from '../http.js';
import { readLog, readTail } from '../log-files.js';
import type { DevnetLog } from '../options.js';
import { packageFile } from '../package-files.js';
import { releasePorts, takePorts } from '../ports.js';
import { type Readiness, waitUntil } from '../readiness.js';
import type { ServerBinary } from '../server/ensure.js';
import { type SupervisedProcess, Supervisor } from '../supervisor/client.js';
import { executorLabel } from '../supervisor/docker.js';
import { logFile, temporaryDir } from '../supervisor/protocol.js';
import { type NodesFile, nodesFile, socketFile } from './layout.js';
import { type NamespaceCommand, namespaceCommand } from './namespace.js';
import type { LegacyDevnet, LegacyDevnetOptions } from './options.js';
import { ensureLegacyServer } from './server.js';

const DEFAULT_START_TIMEOUT_MS = 60_000;
const GRACE_MS = 5_000;
const MAX_NODES = 10;
const HOST = '127.0.0.1';
/** The longest path of a Unix socket (unix(7): 108 bytes with the zero at the end). */
const LONGEST_SOCKET_PATH = 107;
const PROCESSES = ['devstack', 'gate'] as const;

/**
 * Starts a real Bacalhau 0.3.16 network on this machine, with the API from before 1.4: in a network namespace of its own,
 * because its server always listens on all addresses, and with a loopback port that is forwarded to it. Linux only.
 *
 * `stop()` removes its processes, directory and containers, and so does the end of this process.
 *
 * @throws DevnetError see {@link DevnetErrorCode}
 * @example
 * await using devnet = await startLegacyDevnet();
 * const jobs = new LegacyJobs({ baseUrl: devnet.url });
 */
export async function startLegacyDevnet(options: LegacyDevnetOptions = {}): Promise<LegacyDevnet> {
  const { nodes = 3, executor = 'noop', startTimeoutMs = DEFAULT_START_TIMEOUT_MS } = options;
  if (!Number.isInteger(nodes) || nodes < 1 || nodes > MAX_NODES) {
    throw new DevnetError('INVALID_OPTIONS', `nodes must be a whole number from 1 to ${MAX_NODES}`);
  }
  if (executor !== 'noop' && executor !== 'docker') {
    throw new DevnetError('INVALID_OPTIONS', "executor must be 'noop' or 'docker'");
  }
  if (!(startTimeoutMs > 0 && startTimeoutMs <= 2 ** 31 - 1)) {
    throw new DevnetError('INVALID_OPTIONS', 'startTimeoutMs must be a positive number of milliseconds');
  }
  const server = await ensureLegacyServer(options);
  const namespace = await namespaceCommand();
  const network = await LegacyNetwork.create({ ...options, nodes, executor, startTimeoutMs }, server, namespace);
  try {
    await network.start();
    return network;
  } catch (error) {
    // Once the logs were read for the error, which matters more than what stop() could not clean up.
    await network.stop().catch(() => {});
    throw error;
  }
}

type Settings = LegacyDevnetOptions & Required<Pick<LegacyDevnetOptions, 'nodes' | 'executor' | 'startTimeoutMs'>>;

class LegacyNetwork implements LegacyDevnet {
  readonly host = HOST;
  readonly port: number;
  readonly dir: string;
  readonly version: string;
  readonly #settings: Settings;
  readonly #server: ServerBinary;
  readonly #namespace: NamespaceCommand;
  readonly #supervisor: Supervisor;
  readonly #logDir: string;
  readonly #processes: SupervisedProcess[] = [];
  nodeIds: readonly string[] = [];
  #stopped: Promise<void> | undefined;

  static async create(settings: Settings, server: ServerBinary, namespace: NamespaceCommand): Promise<LegacyNetwork> {
    const id = `bacalhau-legacy-${randomBytes(5).toString('hex')}`;
    const dir = join(tmpdir(), id);
    if (Buffer.byteLength(socketFile(dir)) > LONGEST_SOCKET_PATH) {
      throw new DevnetError(
        'INVALID_OPTIONS',
        `${socketFile(dir)} is too long for a socket. Set TMPDIR to a shorter path.`,
      );
    }
    const logDir = settings.logDir === undefined ? join(dir, 'logs') : join(resolve(settings.logDir), id);
    const [port = 0] = await takePorts(1);
    try {
      const supervisor = await Supervisor.launch({
        dir,
        logDir,
        keepLogs: settings.keepLogs ?? false,
        graceMs: GRACE_MS,
        executors: [],
        dockerEnv: envWithPrefix(childEnv({ more: settings.env ?? {} }), 'DOCKER_'),
      });
      return new LegacyNetwork({ settings, server, namespace, supervisor, dir, logDir, port });
    } catch (error) {
      releasePorts([port]);
      throw error;
    }
  }

  private constructor(parts: {
    readonly settings: Settings;
    readonly server: ServerBinary;
    readonly namespace: NamespaceCommand;
    readonly supervisor: Supervisor;
    readonly dir: string;
    readonly logDir: string;
    readonly port: number;
  }) {
    this.#settings = parts.settings;
    this.#server = parts.server;
    this.#namespace = parts.namespace;
    this.#supervisor = parts.supervisor;
    this.#logDir = parts.logDir;
    this.dir = parts.dir;
    this.port = parts.port;
    this.version = parts.server.version;
  }

  get url(): string {
    return `http://${this.host}:${this.port}`;
  }

  get env(): Readonly<Record<string, string>> {
    return { BACALHAU_API_HOST: this.host, BACALHAU_API_PORT: String(this.port) };
  }

  /** Starts the server and the forwarding to it. The caller stops the network if this fails. */
  async start(): Promise<void> {
    const { signal, startTimeoutMs } = this.#settings;
    const deadline = new AbortController();
    const abort = () => deadline.abort();
    const timer = setTimeout(abort, startTimeoutMs);
    signal?.addEventListener('abort', abort, { once: true });
    if (signal?.aborted) abort();
    let missing = 'nothing answered';
    try {
      await this.#spawn();
      const onPending = (pending: string) => {
        missing = pending;
      };
      await waitUntil(() => this.#readiness(), { signal: deadline.signal, onPending });
    } catch (error) {
      if (error instanceof DevnetError) throw error;
      if (signal?.aborted) throw abortedError(signal);
      if (!deadline.signal.aborted) throw error;
      const message = `The legacy Bacalhau network was not ready within ${startTimeoutMs} ms: ${missing}`;
      throw new DevnetError('START_TIMEOUT', message, { logs: await this.#tails() });
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener('abort', abort);
    }
    this.#watch();
  }

  async logs(): Promise<DevnetLog[]> {
    return Promise.all(
      PROCESSES.map(async (name) => {
        const path = logFile(this.#logDir, name);
        return { name, path, text: await readLog(path) };
      }),
    );
  }

  stop(options: { readonly keepLogs?: boolean } = {}): Promise<void> {
    this.#stopped ??= this.#supervisor
      .stop(options.keepLogs ?? this.#settings.keepLogs ?? false)
      .finally(() => releasePorts([this.port]));
    return this.#stopped;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  async #spawn(): Promise<void> {
    const gate = packageFile('dist/legacy-gate.mjs');
    const { command, args, ip } = this.#namespace;
    const { nodes, executor } = this.#settings;
    const dataDir = join(this.dir, 'data');
    const home = join(this.dir, 'home');
    const devstack = [
      this.#server.path,
      'devstack',
      '--nodes',
      String(nodes),
      ...(executor === 'noop' ? ['--noop'] : []),
    ];
    this.#processes.push(
      await this.#supervisor.spawn({
        name: 'devstack',
        command,
        args: [...args, process.execPath, gate, 'inner', this.dir, String(nodes), ip, ...devstack],
        cwd: this.dir,
        endsLast: false,
        env: childEnv({
          without: ['BACALHAU_', 'NODE_OPTIONS', 'LOG_'],
          more: {
            BACALHAU_DIR: dataDir,
            BACALHAU_ENVIRONMENT: 'local',
            HOME: home,
            TMPDIR: temporaryDir(this.dir),
            // API ports from 20000 up, and no files outside of its own directories.
            PREDICTABLE_API_PORT: '1',
            IGNORE_PID_AND_PORT_FILES: '1',
            DO_NOT_TRACK: '1',
            ...this.#settings.env,
          },
        }),
        // The server expects both folders to exist.
        files: [
          { path: join(dataDir, '.keep'), text: '' },
          { path: join(home, '.keep'), text: '' },
        ],
      }),
      await this.#supervisor.spawn({
        name: 'gate',
        command: process.execPath,
        args: [gate, 'outer', this.dir, String(this.port)],
        cwd: this.dir,
        endsLast: true,
        env: childEnv({ without: ['NODE_OPTIONS'] }),
        files: [],
      }),
    );
  }

  async #readiness(): Promise<Readiness> {
    for (const { name, exit } of this.#processes) {
      if (exit === undefined) continue;
      const how = exit.signal ?? `exit code ${exit.code}`;
      throw new DevnetError(
        'START_FAILED',
        `The process ${name} of the legacy devnet ended with ${how} during startup`,
        {
          logs: await this.#tails(),
        },
      );
    }
    try {
      const found: NodesFile = JSON.parse(await readFile(nodesFile(this.dir), 'utf8'));
      // From now on they may create containers.
      this.#supervisor.setExecutors(found.ids.map(executorLabel));
      this.nodeIds = found.ids;
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return { missing: 'the server has not reported that it is ready' };
      throw error;
    }
    try {
      await callHttp({ host: this.host, port: this.port }, { path: '/livez', timeoutMs: 2_000 });
      return 'ready';
    } catch (error) {
      return { missing: `no answer from the API: ${messageOf(error)}` };
    }
  }

  #watch(): void {
    const [devstack] = this.#processes;
    void devstack?.ended.then(({ code, signal }) => {
      if (this.#stopped === undefined) this.#settings.onExit?.({ code, signal });
    });
  }

  #tails() {
    return Promise.all(
      PROCESSES.map(async (name) => {
        const path = logFile(this.#logDir, name);
        return { name, path, tail: await readTail(path) };
      }),
    );
  }
}
