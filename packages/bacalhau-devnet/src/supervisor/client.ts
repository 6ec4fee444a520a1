import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { DevnetError, messageOf } from '../errors.js';
import { packageFile } from '../package-files.js';
import type { ProcessExit, SpawnRequest, SupervisorCommand, SupervisorEvent, Territory } from './protocol.js';
import { rescue } from './rescue.js';

/** Beyond the grace time of the processes: time for Docker and the directory. */
const STOP_MARGIN_MS = 60_000;

interface Pending<T> {
  readonly promise: Promise<T>;
  readonly resolve: (value: T) => void;
  readonly reject: (error: unknown) => void;
}

function pending<T>(): Pending<T> {
  let resolve: (value: T) => void = () => {};
  let reject: (error: unknown) => void = () => {};
  const promise = new Promise<T>((res, rej) => {
    resolve = res;
    reject = rej;
  });
  // Whoever waits for it sees its error; an error that nobody waits for must not end the application.
  promise.catch(() => {});
  return { promise, resolve, reject };
}

/** A process that a supervisor runs. */
export interface SupervisedProcess {
  readonly name: string;
  readonly pid: number;
  /** How it ended; undefined while it runs. */
  readonly exit: ProcessExit | undefined;
  /** Resolves when it has ended. */
  readonly ended: Promise<ProcessExit>;
}

/**
 * The starting process's end of a supervisor. While it is not stopped it keeps the event loop alive, like any child
 * process.
 */
export class Supervisor {
  #territory: Territory;
  readonly #child: ChildProcess;
  readonly #ready = pending<void>();
  readonly #spawning = new Map<string, Pending<SupervisedProcess>>();
  readonly #running = new Map<string, { process: { exit: ProcessExit | undefined }; ended: Pending<ProcessExit> }>();
  /** What could not be cleaned up, once the supervisor (or this process in its stead) has cleaned up. */
  readonly #cleaned = pending<readonly string[]>();
  #reported: readonly string[] | undefined;
  readonly #commands = new Set<string>();
  #complaint = '';
  #dead = false;

  /**
   * Starts a supervisor that owns the territory from then on.
   *
   * @throws DevnetError `SUPERVISOR_FAILED`
   */
  static async launch(territory: Territory): Promise<Supervisor> {
    const program = packageFile('dist/supervisor.mjs');
    if (!existsSync(program)) {
      throw new DevnetError(
        'SUPERVISOR_FAILED',
        `${program} is missing. bacalhau-devnet starts it as a program, so the package can't be bundled into another file: leave it external, or build it first if you work on its sources.`,
      );
    }
    const supervisor = new Supervisor(territory, program);
    try {
      await supervisor.#ready.promise;
    } catch (error) {
      supervisor.#child.kill('SIGTERM');
      throw error;
    }
    return supervisor;
  }

  private constructor(territory: Territory, program: string) {
    this.#territory = territory;
    // Options meant for the application (a debugger's port, a loader) are not meant for this helper.
    const { NODE_OPTIONS: _, ...env } = process.env;
    this.#child = spawn(process.execPath, [program, territory.dir], {
      // A session of its own: Ctrl-C in the terminal reaches the application only, whose end the supervisor then sees.
      detached: true,
      stdio: ['pipe', 'pipe', 'pipe'],
      cwd: '/',
      env,
    });
    this.#child.once('error', (error) => this.#lost(error.message));
    // 'close' follows 'exit' once the last event is read.
    this.#child.once('close', (code, signal) => this.#lost(`ended with ${signal ?? `exit code ${code}`}`));
    this.#child.stdin?.on('error', () => {
      // It has ended; 'close' says so.
    });
    this.#child.stderr?.on('data', (chunk: Buffer) => {
      this.#complaint = (this.#complaint + chunk.toString('utf8')).slice(-4096);
    });
    if (this.#child.stdout !== null) {
      createInterface({ input: this.#child.stdout }).on('line', (line) => {
        const event: SupervisorEvent = JSON.parse(line);
        this.#handle(event);
      });
    }
    this.#send({ type: 'init', ...territory });
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  /**
   * Starts a process under the supervisor.
   *
   * @throws DevnetError `START_FAILED` when the system could not start it, `SUPERVISOR_FAILED`
   */
  async spawn(request: SpawnRequest): Promise<SupervisedProcess> {
    const started = pending<SupervisedProcess>();
    this.#spawning.set(request.name, started);
    this.#commands.add(request.command);
    this.#send({ type: 'spawn', ...request });
    return started.promise;
  }

  /** Names the executors whose containers are to be removed in the end, where they were not known at the start. */
  adopt(executors: readonly string[]): void {
    this.#territory = { ...this.#territory, executors };
    this.#send({ type: 'adopt', executors });
  }

  /** Ends one process: SIGTERM, and SIGKILL after the grace time. Resolves when it has ended. */
  async end(supervised: SupervisedProcess): Promise<void> {
    if (supervised.exit !== undefined) return;
    this.#send({ type: 'end', name: supervised.name });
    await supervised.ended;
  }

  /**
   * Ends the processes, removes their containers and the directory, and resolves when the supervisor has ended too.
   * Further calls wait for the same end.
   *
   * @throws DevnetError `STOP_FAILED` with what could not be cleaned up
   */
  async stop(keepLogs: boolean): Promise<void> {
    this.#send({ type: 'stop', keepLogs });
    const limit = setTimeout(() => this.#child.kill('SIGKILL'), this.#territory.graceMs + STOP_MARGIN_MS);
    try {
      const problems = await this.#cleaned.promise;
      if (problems.length > 0) {
        throw new DevnetError('STOP_FAILED', `The devnet was stopped, but not all is gone: ${problems.join('; ')}`);
      }
    } finally {
      clearTimeout(limit);
    }
  }

  #send(command: SupervisorCommand): void {
    if (this.#dead) {
      if (command.type === 'spawn') this.#spawning.get(command.name)?.reject(this.#gone());
      return;
    }
    this.#child.stdin?.write(`${JSON.stringify(command)}\n`);
  }

  #handle(event: SupervisorEvent): void {
    switch (event.type) {
      case 'ready':
        this.#ready.resolve();
        return;
      case 'failed':
        this.#ready.reject(new DevnetError('SUPERVISOR_FAILED', `The supervisor could not begin: ${event.message}`));
        return;
      case 'spawned': {
        const ended = pending<ProcessExit>();
        const supervised = { name: event.name, pid: event.pid, exit: undefined, ended: ended.promise };
        this.#running.set(event.name, { process: supervised, ended });
        this.#take(event.name)?.resolve(supervised);
        return;
      }
      case 'not-spawned':
        this.#take(event.name)?.reject(
          new DevnetError('START_FAILED', `The process ${event.name} could not be started: ${event.message}`),
        );
        return;
      case 'exited':
        this.#markEnded(event.name, { code: event.code, signal: event.signal });
        return;
      case 'stopped':
        this.#reported = event.problems;
    }
  }

  #take(name: string): Pending<SupervisedProcess> | undefined {
    const started = this.#spawning.get(name);
    this.#spawning.delete(name);
    return started;
  }

  #markEnded(name: string, exit: ProcessExit): void {
    const running = this.#running.get(name);
    if (running === undefined) return;
    this.#running.delete(name);
    running.process.exit = exit;
    running.ended.resolve(exit);
  }

  /** The supervisor has ended: after its work, or before (killed), and then the work is ours. */
  #lost(how: string): void {
    if (this.#dead) return;
    this.#dead = true;
    this.#complaint = [`The supervisor ${how}`, this.#complaint.trim()].filter(Boolean).join(': ');
    this.#ready.reject(this.#gone());
    for (const name of [...this.#spawning.keys()]) this.#take(name)?.reject(this.#gone());
    if (this.#reported !== undefined) {
      this.#cleaned.resolve(this.#reported);
      return;
    }
    rescue(this.#territory, this.#commands).then(
      (problems) => {
        for (const name of [...this.#running.keys()]) this.#markEnded(name, { code: null, signal: 'SIGKILL' });
        this.#cleaned.resolve(problems);
      },
      (error: unknown) => this.#cleaned.resolve([messageOf(error)]),
    );
  }

  #gone(): DevnetError {
    return new DevnetError('SUPERVISOR_FAILED', this.#complaint);
  }
}
