import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { DevnetError, messageOf } from '../errors.js';
import { packageFile } from '../package-files.js';
import { cleanUp } from './clean-up.js';
import {
  DIRECTORY_VARIABLE,
  type ProcessExit,
  type SpawnRequest,
  type SupervisedScope,
  type SupervisorCommand,
  type SupervisorEvent,
} from './protocol.js';

/** The time for Docker and the directory, after the grace time of the processes. */
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
  // An error that nobody awaits must not end the application.
  promise.catch(() => {});
  return { promise, resolve, reject };
}

/** A process under a supervisor. */
export interface SupervisedProcess {
  readonly name: string;
  readonly pid: number;
  /** How it ended; undefined while it runs. */
  readonly exit: ProcessExit | undefined;
  /** Resolves when it has ended. */
  readonly ended: Promise<ProcessExit>;
}

/** The client of a supervisor. Until it is stopped it keeps the event loop alive, like any child process. */
export class Supervisor {
  #scope: SupervisedScope;
  readonly #child: ChildProcess;
  readonly #ready = pending<void>();
  readonly #spawning = new Map<string, Pending<SupervisedProcess>>();
  readonly #running = new Map<string, { process: { exit: ProcessExit | undefined }; ended: Pending<ProcessExit> }>();
  /** What could not be cleaned up, once the supervisor, or this process in its place, has tried. */
  readonly #cleaned = pending<readonly string[]>();
  #reported: readonly string[] | undefined;
  readonly #commands = new Set<string>();
  #stderr = '';
  #dead = false;

  /**
   * Starts a supervisor, which owns the scope from then on.
   *
   * @throws DevnetError `SUPERVISOR_FAILED`
   */
  static async launch(scope: SupervisedScope): Promise<Supervisor> {
    const program = packageFile('dist/supervisor.mjs');
    if (!existsSync(program)) {
      throw new DevnetError(
        'SUPERVISOR_FAILED',
        `${program} is missing. bacalhau-devnet starts it as a program, so the package can't be bundled into another file: leave it external, or build it first if you work on its sources.`,
      );
    }
    const supervisor = new Supervisor(scope, program);
    try {
      await supervisor.#ready.promise;
    } catch (error) {
      supervisor.#child.kill('SIGTERM');
      throw error;
    }
    return supervisor;
  }

  private constructor(scope: SupervisedScope, program: string) {
    this.#scope = scope;
    // Options for the application (a debugger's port, a loader) are not for this process.
    // The variable of another devnet, which this process may use, would make it one of the processes that end with that.
    const { NODE_OPTIONS: _, [DIRECTORY_VARIABLE]: __, ...env } = process.env;
    this.#child = spawn(process.execPath, [program, scope.dir], {
      // A session of its own: Ctrl-C in the terminal reaches the application only, whose end the supervisor then sees.
      detached: true,
      stdio: ['pipe', 'pipe', 'pipe'],
      cwd: '/',
      env,
    });
    this.#child.once('error', (error) => this.#onEnd(error.message));
    // 'close' follows 'exit' once the last event is read.
    this.#child.once('close', (code, signal) => this.#onEnd(`ended with ${signal ?? `exit code ${code}`}`));
    this.#child.stdin?.on('error', () => {
      // It has ended; 'close' says so.
    });
    this.#child.stderr?.on('data', (chunk: Buffer) => {
      this.#stderr = (this.#stderr + chunk.toString('utf8')).slice(-4096);
    });
    if (this.#child.stdout !== null) {
      createInterface({ input: this.#child.stdout }).on('line', (line) => {
        const event: SupervisorEvent = JSON.parse(line);
        this.#handle(event);
      });
    }
    this.#send({ type: 'init', ...scope });
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
    const [wrapper] = request.wrapper ?? [];
    if (wrapper !== undefined) this.#commands.add(wrapper);
    this.#send({ type: 'spawn', ...request });
    return started.promise;
  }

  /** Sets the executors whose containers are removed at the end, where they were not known at the start. */
  setExecutors(executors: readonly string[]): void {
    this.#scope = { ...this.#scope, executors };
    this.#send({ type: 'set-executors', executors });
  }

  /** Ends one process: its signal, and SIGKILL after the grace time. Resolves when it has ended. */
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
    const limit = setTimeout(() => this.#child.kill('SIGKILL'), this.#scope.graceMs + STOP_MARGIN_MS);
    try {
      const problems = await this.#cleaned.promise;
      if (problems.length > 0) {
        throw new DevnetError(
          'STOP_FAILED',
          `The devnet was stopped, but could not be removed completely: ${problems.join('; ')}`,
        );
      }
    } finally {
      clearTimeout(limit);
    }
  }

  #send(command: SupervisorCommand): void {
    if (this.#dead) {
      if (command.type === 'spawn') this.#spawning.get(command.name)?.reject(this.#endedError());
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
        this.#ready.reject(new DevnetError('SUPERVISOR_FAILED', `The supervisor could not start: ${event.message}`));
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

  /** Handles the supervisor's end. If it was killed before it had cleaned up, this process does it. */
  #onEnd(how: string): void {
    if (this.#dead) return;
    this.#dead = true;
    this.#stderr = [`The supervisor ${how}`, this.#stderr.trim()].filter(Boolean).join(': ');
    this.#ready.reject(this.#endedError());
    for (const name of [...this.#spawning.keys()]) this.#take(name)?.reject(this.#endedError());
    if (this.#reported !== undefined) {
      this.#cleaned.resolve(this.#reported);
      return;
    }
    cleanUp(this.#scope, this.#commands).then(
      (problems) => {
        for (const name of [...this.#running.keys()]) this.#markEnded(name, { code: null, signal: 'SIGKILL' });
        this.#cleaned.resolve(problems);
      },
      (error: unknown) => this.#cleaned.resolve([messageOf(error)]),
    );
  }

  #endedError(): DevnetError {
    return new DevnetError('SUPERVISOR_FAILED', this.#stderr);
  }
}
