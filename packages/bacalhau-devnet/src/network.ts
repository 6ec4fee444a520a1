import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { FoundServer } from './binary/ensure.js';
import { childEnv, envWithPrefix } from './environment.js';
import { abortedError, DevnetError, type LogTail } from './errors.js';
import { readLog, readTail } from './log-files.js';
import { namespaceFile } from './namespace/layout.js';
import { gateLogs, LONGEST_DIR, startNamespace } from './namespace/namespace.js';
import type { Devnet, DevnetLog, DevnetNode, DevnetOptions } from './options.js';
import { type NetworkPlan, type NodePlan, nodesOf, type ProcessPlan, processesOf } from './plan.js';
import { releasePorts, takePorts } from './ports.js';
import { type Readiness, type Reconnection, waitUntil } from './readiness.js';
import { type SupervisedProcess, Supervisor } from './supervisor/client.js';
import { executorLabel } from './supervisor/docker.js';
import { temporaryDir } from './supervisor/protocol.js';

const GRACE_MS = 5_000;

/** A server could not listen on a port that had been free a moment before. */
export class PortLostError extends Error {
  readonly failure: DevnetError;

  constructor(failure: DevnetError) {
    super(failure.message);
    this.failure = failure;
  }
}

/** The options of a network, checked. */
export type NetworkSettings = DevnetOptions & Required<Pick<DevnetOptions, 'computeNodes' | 'startTimeoutMs'>>;

interface NetworkParts {
  readonly settings: NetworkSettings;
  readonly server: FoundServer;
  readonly plan: NetworkPlan;
  readonly ports: readonly number[];
  readonly supervisor: Supervisor;
  readonly dir: string;
  readonly logDir: string;
}

/** A process that is logged: a server, or a part of the way into its namespace. */
type Logged = Pick<ProcessPlan, 'name' | 'logFile'>;

export class Network implements Devnet {
  readonly dir: string;
  readonly version: string;
  readonly nodes: readonly DevnetNode[];
  readonly #parts: NetworkParts;
  readonly #processes = new Map<string, SupervisedProcess>();
  /** Names of processes that are being ended on purpose. */
  readonly #ending = new Set<string>();
  /** The ids that the servers chose, by the name of the node. */
  readonly #ids = new Map<string, string>();
  /** The command that puts another one into the servers' namespace. */
  #enter: readonly string[] = [];
  #ready = false;
  #stopped: Promise<void> | undefined;

  static async create(settings: NetworkSettings, server: FoundServer): Promise<Network> {
    const { kind } = server;
    const id = `bacalhau-devnet-${randomBytes(5).toString('hex')}`;
    const dir = join(tmpdir(), id);
    const logDir = settings.logDir === undefined ? join(dir, 'logs') : join(resolve(settings.logDir), id);
    if (kind.network === 'namespace' && Buffer.byteLength(dir) > LONGEST_DIR) {
      throw new DevnetError(
        'INVALID_OPTIONS',
        `${dir} is too long for the path of a socket. Set TMPDIR to a shorter path.`,
      );
    }
    const given = settings.port === undefined ? [] : [settings.port];
    const ports = await takePorts(kind.ports(settings.computeNodes) - given.length);
    try {
      const input = { dir, logDir, computeNodes: settings.computeNodes, ports: [...given, ...ports] };
      const plan = kind.plan(input, settings);
      const supervisor = await Supervisor.launch({
        dir,
        logDir,
        keepLogs: settings.keepLogs ?? false,
        graceMs: GRACE_MS,
        executors: nodesOf(plan).flatMap(({ role, id: planned }) =>
          role === 'orchestrator' || planned === undefined ? [] : [executorLabel(planned)],
        ),
        dockerEnv: envWithPrefix(childEnv({ more: settings.env ?? {} }), 'DOCKER_'),
      });
      return new Network({ settings, server, plan, ports, supervisor, dir, logDir });
    } catch (error) {
      releasePorts(ports);
      throw error;
    }
  }

  private constructor(parts: NetworkParts) {
    this.dir = parts.dir;
    this.version = parts.server.binary.version;
    this.#parts = parts;
    this.nodes = processesOf(parts.plan).flatMap((process) =>
      process.nodes.map((node) => this.#describe(process, node)),
    );
  }

  get host(): string {
    return this.#parts.plan.api.host;
  }

  get port(): number {
    return this.#parts.plan.api.port;
  }

  get https(): boolean {
    return this.#parts.plan.api.tls;
  }

  get url(): string {
    const host = this.host.includes(':') ? `[${this.host}]` : this.host;
    return `${this.https ? 'https' : 'http'}://${host}:${this.port}`;
  }

  get env(): Readonly<Record<string, string>> {
    const { selfSigned } = this.#parts.plan.api;
    return {
      BACALHAU_API_HOST: this.host,
      BACALHAU_API_PORT: String(this.port),
      ...(this.https ? { BACALHAU_HTTPS: '1', BACALHAU_API_TLS_USETLS: 'true' } : {}),
      ...(this.https && selfSigned ? { BACALHAU_API_TLS_INSECURE: 'true' } : {}),
    };
  }

  /** Starts all servers and waits for them. The caller stops the network if this fails. */
  async start(): Promise<void> {
    const { plan, server, supervisor } = this.#parts;
    const { kind } = server;
    await this.#withDeadline(async (until) => {
      if (kind.network === 'namespace') await this.#startNamespace(until);
      await this.#spawn(plan.first);
      await until(() => kind.answers(plan));
      if (kind.nodeIds !== undefined) {
        const ids = await kind.nodeIds(plan);
        // From now on they may create containers.
        supervisor.setExecutors(ids.map(executorLabel));
        for (const [index, { name }] of nodesOf(plan).entries()) this.#ids.set(name, ids[index] ?? '');
      }
      for (const process of plan.others) await this.#spawn(process);
      await until(() => kind.connected(plan));
    });
    await this.#checkPublishers();
    this.#ready = true;
  }

  async restart(name = 'orchestrator'): Promise<void> {
    const { plan, server, supervisor } = this.#parts;
    const { kind } = server;
    if (!kind.restarts) {
      throw new DevnetError(
        'INVALID_OPTIONS',
        `Bacalhau ${kind.version} cannot be restarted: it would start without its data. Start another devnet.`,
      );
    }
    const planned = processesOf(plan).find((process) => process.name === name);
    const running = planned === undefined ? undefined : this.#processes.get(name);
    if (planned === undefined || running === undefined) {
      throw new DevnetError('INVALID_OPTIONS', `This devnet has no node "${name}"`);
    }
    this.#ending.add(name);
    await supervisor.end(running);
    const again = planned === plan.first ? plan.others : [planned];
    const reconnection: Reconnection = {
      names: new Set(again.flatMap(({ nodes }) => nodes.map((node) => node.name))),
      restarted: name,
      since: Date.now(),
      logLength: (await readLog(plan.first.logFile)).length,
    };
    await this.#withDeadline(async (until) => {
      await this.#spawn(planned);
      await until(() => kind.answers(plan));
      await until(() => kind.connected(plan, reconnection));
    });
  }

  async logs(): Promise<DevnetLog[]> {
    return Promise.all(
      processesOf(this.#parts.plan).map(async ({ name, logFile }) => ({
        name,
        path: logFile,
        text: await readLog(logFile),
      })),
    );
  }

  stop(options: { readonly keepLogs?: boolean } = {}): Promise<void> {
    this.#stopped ??= this.#stop(options.keepLogs ?? this.#parts.settings.keepLogs ?? false);
    return this.#stopped;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  async #stop(keepLogs: boolean): Promise<void> {
    for (const { name } of processesOf(this.#parts.plan)) this.#ending.add(name);
    try {
      await this.#parts.supervisor.stop(keepLogs);
    } finally {
      releasePorts(this.#parts.ports);
    }
  }

  /** Creates the namespace, and the way into it and out of it. */
  async #startNamespace(until: (check: () => Promise<Readiness>) => Promise<void>): Promise<void> {
    const { plan, server, supervisor, dir, settings } = this.#parts;
    const gate = { dir, forwards: plan.forwards, hostPorts: settings.hostPorts ?? [] };
    const namespace = await startNamespace(supervisor, server.kind.version, gate);
    this.#enter = namespace.enter;
    for (const process of namespace.processes) this.#processes.set(process.name, process);
    await until(async () => (existsSync(namespaceFile(dir)) ? 'ready' : { missing: 'no network namespace yet' }));
  }

  async #spawn(plan: ProcessPlan): Promise<void> {
    const { server, supervisor, settings, dir } = this.#parts;
    const { name } = plan;
    const supervised = await supervisor.spawn({
      name,
      command: server.binary.path,
      args: plan.args,
      wrapper: this.#enter,
      env: childEnv({
        // These would override the configuration; a development shell often has some.
        without: ['BACALHAU_', 'DEVSTACK_ENV_FILE', 'LOG_', 'REQUESTER_ENDPOINT_'],
        more: {
          // Without credentials the AWS library would ask the network for the machine's role.
          AWS_EC2_METADATA_DISABLED: process.env['AWS_EC2_METADATA_DISABLED'] ?? 'true',
          TMPDIR: temporaryDir(dir),
          ...plan.env,
          ...settings.env,
        },
      }),
      cwd: dir,
      endsLast: plan.endsLast,
      endSignal: plan.endSignal,
      files: plan.files,
    });
    this.#processes.set(name, supervised);
    this.#ending.delete(name);
    void supervised.ended.then(({ code, signal }) => {
      const described = this.nodes.find((node) => node.name === plan.nodes[0]?.name);
      if (!this.#ready || this.#ending.has(name) || described === undefined) return;
      settings.onExit?.({ node: described, code, signal });
    });
  }

  #describe(process: ProcessPlan, plan: NodePlan): DevnetNode {
    const running = () => this.#processes.get(process.name);
    const ids = this.#ids;
    const { name, role, id, apiPort, dataDir } = plan;
    return {
      name,
      role,
      apiPort,
      dataDir,
      logFile: process.logFile,
      get id() {
        return id ?? ids.get(name) ?? '';
      },
      get pid() {
        return running()?.pid ?? 0;
      },
      get running() {
        const found = running();
        return found !== undefined && found.exit === undefined;
      },
    };
  }

  /**
   * Runs a start under the deadline and the caller's signal, and fails as soon as a process ends.
   */
  async #withDeadline(
    work: (until: (check: () => Promise<Readiness>) => Promise<void>) => Promise<void>,
  ): Promise<void> {
    const { signal, startTimeoutMs } = this.#parts.settings;
    const deadline = new AbortController();
    const timer = setTimeout(() => deadline.abort(), startTimeoutMs);
    const onAbort = () => deadline.abort();
    signal?.addEventListener('abort', onAbort, { once: true });
    if (signal?.aborted) deadline.abort();
    let missing = 'nothing answered';
    try {
      await work((check) =>
        waitUntil(
          async () => {
            await this.#checkProcesses();
            return check();
          },
          {
            signal: deadline.signal,
            onPending: (pending) => {
              missing = pending;
            },
          },
        ),
      );
    } catch (error) {
      if (error instanceof DevnetError || error instanceof PortLostError) throw error;
      if (signal?.aborted) throw abortedError(signal);
      if (!deadline.signal.aborted) throw error;
      throw new DevnetError(
        'START_TIMEOUT',
        `The Bacalhau network was not ready within ${startTimeoutMs} ms: ${missing}`,
        { logs: await this.#tails(this.#logged) },
      );
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
    }
  }

  /** The servers, and before them what leads into their namespace. */
  get #logged(): readonly Logged[] {
    const { server, plan, logDir } = this.#parts;
    return [...(server.kind.network === 'namespace' ? gateLogs(logDir) : []), ...processesOf(plan)];
  }

  async #checkProcesses(): Promise<void> {
    for (const logged of this.#logged) {
      const exit = this.#processes.get(logged.name)?.exit;
      if (exit === undefined) continue;
      const how = exit.signal === null ? `exit code ${exit.code}` : exit.signal;
      throw await this.#startFailure(logged, `ended with ${how} during startup`, await lostPort(logged));
    }
  }

  /** Checks the logs for a local publisher that could not listen, which does not end its server. */
  async #checkPublishers(): Promise<void> {
    for (const process of this.#parts.plan.others) {
      const port = await lostPort(process);
      if (port !== undefined) throw await this.#startFailure(process, `could not listen on port ${port}`, port);
    }
  }

  async #startFailure(logged: Logged, what: string, port: number | undefined): Promise<Error> {
    // A port that the options name would be in use at the next attempt as well.
    if (port !== undefined && !this.#parts.ports.includes(port)) {
      return new DevnetError(
        'PORT_IN_USE',
        `Port ${port} is already in use by another process, so that the Bacalhau server cannot listen on it. Use another one.`,
      );
    }
    const failure = new DevnetError('START_FAILED', `The Bacalhau server ${logged.name} ${what}`, {
      logs: await this.#tails([logged]),
    });
    return port === undefined ? failure : new PortLostError(failure);
  }

  #tails(processes: readonly Logged[]): Promise<LogTail[]> {
    return Promise.all(
      processes.map(async ({ name, logFile }) => ({ name, path: logFile, tail: await readTail(logFile) })),
    );
  }
}

/** Returns the port that a server could not listen on, according to its log; undefined if there is none. */
async function lostPort({ logFile }: Logged): Promise<number | undefined> {
  const [, port] = /(?::|port )(\d+)(?:: bind: address| is) already in use/.exec(await readLog(logFile)) ?? [];
  return port === undefined ? undefined : Number(port);
}
