import { randomBytes } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { type NetworkPlan, type NodePlan, planNetwork, portsNeeded, usesTls } from './config.js';
import { childEnv, envWithPrefix } from './environment.js';
import { abortedError, DevnetError, type LogTail } from './errors.js';
import { valueAt } from './json.js';
import { readLog, readTail } from './log-files.js';
import type { Devnet, DevnetLog, DevnetNode, DevnetOptions } from './options.js';
import { releasePorts, takePorts } from './ports.js';
import {
  apiHost,
  nodesConnected,
  orchestratorAnswers,
  type Readiness,
  type Reconnection,
  waitUntil,
} from './readiness.js';
import { ensureServer, type ServerBinary } from './server/ensure.js';
import { type SupervisedProcess, Supervisor } from './supervisor/client.js';
import { executorLabel } from './supervisor/docker.js';
import { type SupervisedScope, temporaryDir } from './supervisor/protocol.js';

const DEFAULT_START_TIMEOUT_MS = 60_000;
const GRACE_MS = 5_000;
const MAX_COMPUTE_NODES = 50;
const PORT_ATTEMPTS = 5;

/**
 * Starts a real Bacalhau network on this machine: an orchestrator and its compute nodes, each a server process, on free
 * loopback ports, in a new temporary directory. Resolves when all compute nodes are connected and approved.
 *
 * `stop()` removes its processes, directory and containers, and so does the end of this process, in whatever way it ends.
 * Until then the network keeps this process's event loop alive, like any child process.
 *
 * @throws DevnetError see {@link DevnetErrorCode}
 * @example
 * const devnet = await startDevnet({ computeNodes: 2 });
 * try {
 *   const answer = await fetch(`${devnet.url}/api/v1/orchestrator/nodes`);
 *   console.log(await answer.json());
 * } finally {
 *   await devnet.stop();
 * }
 */
export async function startDevnet(options: DevnetOptions = {}): Promise<Devnet> {
  const { computeNodes = 1, startTimeoutMs = DEFAULT_START_TIMEOUT_MS } = options;
  if (!Number.isInteger(computeNodes) || computeNodes < 0 || computeNodes > MAX_COMPUTE_NODES) {
    throw new DevnetError('INVALID_OPTIONS', `computeNodes must be a whole number from 0 to ${MAX_COMPUTE_NODES}`);
  }
  if (!(startTimeoutMs > 0 && startTimeoutMs <= 2 ** 31 - 1)) {
    throw new DevnetError('INVALID_OPTIONS', 'startTimeoutMs must be a positive number of milliseconds');
  }
  const server = await ensureServer(options);
  for (let attempt = 1; ; attempt++) {
    const network = await Network.create({ ...options, computeNodes, startTimeoutMs }, server);
    try {
      await network.start();
      return network;
    } catch (error) {
      // Once the logs were read for the error, which matters more than what stop() could not clean up.
      await network.stop().catch(() => {});
      if (!(error instanceof PortLostError)) throw error;
      if (attempt === PORT_ATTEMPTS) throw error.failure;
      options.onProgress?.('Another process took one of the ports in the meantime. Starting again with other ports.');
    }
  }
}

/** A server could not listen on a port that had been free a moment before. */
class PortLostError extends Error {
  readonly failure: DevnetError;

  constructor(failure: DevnetError) {
    super(failure.message);
    this.failure = failure;
  }
}

type Settings = DevnetOptions & Required<Pick<DevnetOptions, 'computeNodes' | 'startTimeoutMs'>>;

class Network implements Devnet {
  readonly dir: string;
  readonly version: string;
  readonly #settings: Settings;
  readonly #server: ServerBinary;
  readonly #plan: NetworkPlan;
  readonly #ports: readonly number[];
  readonly #serverEnv: Readonly<Record<string, string>>;
  readonly #supervisor: Supervisor;
  readonly #processes = new Map<string, SupervisedProcess>();
  /** Names of nodes that are being ended on purpose. */
  readonly #ending = new Set<string>();
  readonly nodes: readonly DevnetNode[];
  #ready = false;
  #stopped: Promise<void> | undefined;

  static async create(settings: Settings, server: ServerBinary): Promise<Network> {
    const id = `bacalhau-devnet-${randomBytes(5).toString('hex')}`;
    const dir = join(tmpdir(), id);
    const logDir = settings.logDir === undefined ? join(dir, 'logs') : join(resolve(settings.logDir), id);
    const ports = await takePorts(portsNeeded(settings.computeNodes));
    try {
      const plan = planNetwork({
        dir,
        logDir,
        ports,
        computeNodes: settings.computeNodes,
        config: settings.config ?? {},
        orchestratorConfig: settings.orchestratorConfig ?? {},
        computeConfig: settings.computeConfig ?? {},
      });
      const serverEnv = childEnv({
        // These would override the configuration file; a development shell often has some.
        without: ['BACALHAU_', 'DEVSTACK_ENV_FILE'],
        more: {
          // Without credentials the AWS library would ask the network for the machine's role.
          AWS_EC2_METADATA_DISABLED: process.env['AWS_EC2_METADATA_DISABLED'] ?? 'true',
          TMPDIR: temporaryDir(dir),
          ...settings.env,
        },
      });
      const scope: SupervisedScope = {
        dir,
        logDir,
        keepLogs: settings.keepLogs ?? false,
        graceMs: GRACE_MS,
        executors: plan.computeNodes.map((node) => executorLabel(node.id)),
        dockerEnv: envWithPrefix(serverEnv, 'DOCKER_'),
      };
      const supervisor = await Supervisor.launch(scope);
      return new Network(settings, server, plan, ports, serverEnv, supervisor, dir);
    } catch (error) {
      releasePorts(ports);
      throw error;
    }
  }

  private constructor(
    settings: Settings,
    server: ServerBinary,
    plan: NetworkPlan,
    ports: readonly number[],
    serverEnv: Readonly<Record<string, string>>,
    supervisor: Supervisor,
    dir: string,
  ) {
    this.dir = dir;
    this.version = server.version;
    this.#settings = settings;
    this.#server = server;
    this.#plan = plan;
    this.#ports = ports;
    this.#serverEnv = serverEnv;
    this.#supervisor = supervisor;
    this.nodes = this.#plans.map((node) => this.#describe(node));
  }

  get host(): string {
    return apiHost(this.#plan.orchestrator.config);
  }

  get port(): number {
    return this.#plan.orchestrator.apiPort;
  }

  get https(): boolean {
    return usesTls(this.#plan.orchestrator.config);
  }

  get url(): string {
    const host = this.host.includes(':') ? `[${this.host}]` : this.host;
    return `${this.https ? 'https' : 'http'}://${host}:${this.port}`;
  }

  get env(): Readonly<Record<string, string>> {
    const selfSigned = Boolean(valueAt(this.#plan.orchestrator.config, 'API', 'TLS', 'SelfSigned'));
    return {
      BACALHAU_API_HOST: this.host,
      BACALHAU_API_PORT: String(this.port),
      ...(this.https ? { BACALHAU_HTTPS: '1', BACALHAU_API_TLS_USETLS: 'true' } : {}),
      ...(this.https && selfSigned ? { BACALHAU_API_TLS_INSECURE: 'true' } : {}),
    };
  }

  get #plans(): readonly NodePlan[] {
    return [this.#plan.orchestrator, ...this.#plan.computeNodes];
  }

  /** Starts all servers and waits for them. The caller stops the network if this fails. */
  async start(): Promise<void> {
    await this.#withDeadline(async (until) => {
      await this.#spawn(this.#plan.orchestrator);
      await until(() => orchestratorAnswers(this.#plan));
      for (const node of this.#plan.computeNodes) await this.#spawn(node);
      await until(() => nodesConnected(this.#plan));
    });
    await this.#checkPublishers();
    this.#ready = true;
  }

  async restart(name = 'orchestrator'): Promise<void> {
    const node = this.#plans.find((plan) => plan.name === name);
    const process = node === undefined ? undefined : this.#processes.get(name);
    if (node === undefined || process === undefined) {
      throw new DevnetError('INVALID_OPTIONS', `This devnet has no node "${name}"`);
    }
    this.#ending.add(name);
    await this.#supervisor.end(process);
    const again = node.role === 'orchestrator' ? this.#plan.computeNodes : [node];
    const reconnection: Reconnection = {
      ids: new Set(again.map(({ id }) => id)),
      since: Date.now(),
      logLength: (await readLog(this.#plan.orchestrator.logFile)).length,
    };
    await this.#withDeadline(async (until) => {
      await this.#spawn(node);
      await until(() => orchestratorAnswers(this.#plan));
      await until(() => nodesConnected(this.#plan, reconnection));
    });
  }

  async logs(): Promise<DevnetLog[]> {
    return Promise.all(
      this.#plans.map(async ({ name, logFile }) => ({ name, path: logFile, text: await readLog(logFile) })),
    );
  }

  stop(options: { readonly keepLogs?: boolean } = {}): Promise<void> {
    this.#stopped ??= this.#stop(options.keepLogs ?? this.#settings.keepLogs ?? false);
    return this.#stopped;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  async #stop(keepLogs: boolean): Promise<void> {
    for (const { name } of this.#plans) this.#ending.add(name);
    try {
      await this.#supervisor.stop(keepLogs);
    } finally {
      releasePorts(this.#ports);
    }
  }

  async #spawn(node: NodePlan): Promise<void> {
    const supervised = await this.#supervisor.spawn({
      name: node.name,
      command: this.#server.path,
      args: ['serve', '--data-dir', node.dataDir, '--config', node.configFile, '--name', node.id],
      env: this.#serverEnv,
      cwd: this.dir,
      // A compute node that loses its orchestrator while shutting down may wait for it until it is killed.
      endsLast: node.role === 'orchestrator',
      // JSON is YAML too.
      files: [{ path: node.configFile, text: `${JSON.stringify(node.config, null, 2)}\n` }],
    });
    this.#processes.set(node.name, supervised);
    this.#ending.delete(node.name);
    void supervised.ended.then(({ code, signal }) => {
      const described = this.nodes.find(({ name }) => name === node.name);
      if (!this.#ready || this.#ending.has(node.name) || described === undefined) return;
      this.#settings.onExit?.({ node: described, code, signal });
    });
  }

  #describe(plan: NodePlan): DevnetNode {
    const processes = this.#processes;
    const { name, role, id, apiPort, dataDir, logFile } = plan;
    return {
      name,
      role,
      id,
      apiPort,
      dataDir,
      logFile,
      get pid() {
        return processes.get(name)?.pid ?? 0;
      },
      get running() {
        const process = processes.get(name);
        return process !== undefined && process.exit === undefined;
      },
    };
  }

  /**
   * Runs a start under the deadline and the caller's signal, and fails as soon as a process ends.
   */
  async #withDeadline(
    work: (until: (check: () => Promise<Readiness>) => Promise<void>) => Promise<void>,
  ): Promise<void> {
    const { signal, startTimeoutMs } = this.#settings;
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
        { logs: await this.#tails(this.#plans) },
      );
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
    }
  }

  async #checkProcesses(): Promise<void> {
    for (const plan of this.#plans) {
      const exit = this.#processes.get(plan.name)?.exit;
      if (exit === undefined) continue;
      const how = exit.signal === null ? `exit code ${exit.code}` : exit.signal;
      throw await this.#startFailure(plan, `ended with ${how} during startup`, await lostPort(plan));
    }
  }

  /** Checks the logs for a local publisher that could not listen, which does not end its server. */
  async #checkPublishers(): Promise<void> {
    for (const plan of this.#plan.computeNodes) {
      const port = await lostPort(plan);
      if (port !== undefined) throw await this.#startFailure(plan, `could not listen on port ${port}`, port);
    }
  }

  async #startFailure(plan: NodePlan, what: string, port: number | undefined): Promise<Error> {
    const failure = new DevnetError('START_FAILED', `The Bacalhau server ${plan.name} ${what}`, {
      logs: await this.#tails([plan]),
    });
    // A port that the configuration fixes would be in use at the next attempt as well.
    return port !== undefined && this.#ports.includes(port) ? new PortLostError(failure) : failure;
  }

  #tails(plans: readonly NodePlan[]): Promise<LogTail[]> {
    return Promise.all(
      plans.map(async ({ name, logFile }) => ({ name, path: logFile, tail: await readTail(logFile) })),
    );
  }
}

/** Returns the port that a server could not listen on, according to its log; undefined if there is none. */
async function lostPort({ logFile }: NodePlan): Promise<number | undefined> {
  const [, port] = /(?::|port )(\d+)(?:: bind: address| is) already in use/.exec(await readLog(logFile)) ?? [];
  return port === undefined ? undefined : Number(port);
}
