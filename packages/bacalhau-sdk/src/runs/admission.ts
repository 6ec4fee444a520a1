import type { Job, NodeState } from 'bacalhau-apiclient';
import { ApiError } from '../errors/index.js';
import { retryWhileUnreachable, type Transport } from '../http/index.js';
import { hasEnded } from '../model/index.js';
import { Nodes } from '../nodes/index.js';
import type { JobInput } from '../spec/index.js';
import { messageOf, raceAbort, sleep } from '../util/index.js';
import { DEFAULT_DEMAND, type Demand, demandOf } from './demand.js';
import { NetworkSnapshot, type Room } from './room.js';
import { BlindWindow, Share } from './share.js';

/** How old what is known of the nodes may be, in milliseconds, when a job is submitted. It is asked for that often at most, */
const SNAPSHOT_MS = 1_000;
/** and less often while jobs wait only for others of the same fan-out. */
const RELAXED_MS = 5_000;
/** How many inputs whose jobs no node can run, or whose jobs exist already, are worked on beside the window. */
const BESIDE = 100;

/** A job on its way through a fan-out. */
export interface Passage {
  /** Takes note of what is seen of the job. */
  observe(job: Job): void;
  /** The job has ended, or is not followed any more. */
  end(): void;
}

/** A job that is to be submitted. */
export interface Admitted {
  readonly passage: Passage;
  /** False if no node that is connected can run it. */
  readonly isSuited: boolean;
}

export interface AdmissionOptions {
  readonly transport: Transport;
  readonly concurrency: number | 'auto';
  /** How long a job that no connected node can run waits for one, in milliseconds. */
  readonly patienceMs: number;
  readonly unreachableAfterMs: number | undefined;
  readonly signal: AbortSignal;
  /** Called when any of the counts may have changed. */
  readonly onChange: () => void;
}

type State = 'under way' | 'queued' | 'ended';

interface Waiting {
  readonly job: JobInput;
  readonly admit: (admitted: Admitted) => void;
  /** Since when no connected node could run it. */
  unsuitedSince: number | undefined;
}

type Decision = 'admit' | 'wait' | 'hold';

/**
 * Decides when the jobs of a fan-out are submitted: as many as the nodes take, and no more, because what the scheduler
 * refuses it looks at again only after a minute. A job that no connected node can run waits for one, without delaying
 * others; after a while it is submitted in spite of that, and the server says what is missing.
 */
export class Admission {
  readonly #options: AdmissionOptions;
  readonly #nodes: Nodes;
  readonly #share = new Share();
  readonly #blind = new BlindWindow();
  readonly #waiting: Waiting[] = [];
  #snapshot: { readonly network: NetworkSnapshot; readonly at: number } | undefined;
  #isBlind = false;
  #defaults: Demand = DEFAULT_DEMAND;
  /** What the jobs that are under way take of the network, and those that are queued would. */
  readonly #load = { 'under way': 0, queued: 0, ended: 0 };
  readonly #count = { 'under way': 0, queued: 0, ended: 0 };
  #resumed = 0;
  #held = 0;
  #window = 1;
  #isRunning = false;
  #wake = new AbortController();

  constructor(options: AdmissionOptions) {
    this.#options = options;
    this.#nodes = new Nodes(options.transport);
    if (options.concurrency !== 'auto') this.#window = options.concurrency;
  }

  /** How many inputs may have been read and not consumed yet. */
  get limit(): number {
    if (this.#options.concurrency !== 'auto') return this.#options.concurrency;
    // The next ones are prepared while these run.
    return this.#window * 2 + this.#count.queued + Math.min(BESIDE, this.#held + this.#resumed);
  }

  get queued(): number {
    return this.#count.queued;
  }

  get running(): number {
    return this.#count['under way'];
  }

  /** How many jobs may be under way. */
  get window(): number {
    return this.#window;
  }

  /** Resolves when the job is to be submitted. */
  admit(job: JobInput): Promise<Admitted> {
    const { signal } = this.#options;
    const admitted = new Promise<Admitted>((admit) => {
      this.#waiting.push({ job, admit, unsuitedSince: undefined });
    });
    this.#notify();
    if (!this.#isRunning) void this.#run();
    return raceAbort(admitted, signal);
  }

  /** Follows a job that exists already: it takes no room before it is seen to be unfinished. */
  resume(): Passage {
    let passage: Passage | undefined;
    this.#resumed += 1;
    this.#notify();
    return {
      observe: (job) => {
        if (passage === undefined && hasEnded(job)) return;
        passage ??= this.#passage(this.#costOf(job));
        passage.observe(job);
      },
      end: () => {
        this.#resumed -= 1;
        passage?.end();
        this.#notify();
      },
    };
  }

  /** Admits jobs in their order as long as any waits. */
  async #run(): Promise<void> {
    const { signal } = this.#options;
    this.#isRunning = true;
    while (this.#waiting.length > 0 && !signal.aborted) {
      this.#wake = new AbortController();
      if (this.#isStale(SNAPSHOT_MS)) await this.#look();
      const isClosed = this.#admitWaiting();
      if (this.#waiting.length === 0) break;
      await sleep(isClosed || this.#held > 0 ? SNAPSHOT_MS : RELAXED_MS, this.#wake.signal);
    }
    this.#isRunning = false;
  }

  #isStale(ms: number): boolean {
    return !this.#isBlind && (this.#snapshot === undefined || performance.now() - this.#snapshot.at > ms);
  }

  /** Admits what may be submitted now; returns whether the next is kept back by what others run. */
  #admitWaiting(): boolean {
    let isClosed = false;
    const held: Waiting[] = [];
    while (true) {
      const next = this.#waiting.shift();
      if (next === undefined) break;
      const room = this.#roomFor(next.job);
      const decision = this.#decide(next, room);
      if (decision === 'hold') {
        held.push(next);
        continue;
      }
      if (decision === 'wait') {
        this.#waiting.unshift(next);
        isClosed = room?.isOpen !== true;
        break;
      }
      next.admit({ passage: this.#passage(this.#costOf(next.job)), isSuited: room?.slots !== 0 });
    }
    this.#waiting.unshift(...held);
    this.#held = held.length;
    this.#options.onChange();
    return isClosed;
  }

  #decide(waiting: Waiting, room: Room | undefined): Decision {
    const isAuto = this.#options.concurrency === 'auto';
    if (room === undefined) return !isAuto || this.#blind.fits(this.running) ? 'admit' : 'wait';
    if (room.slots === 0) {
      const now = performance.now();
      waiting.unsuitedSince ??= now;
      return now - waiting.unsuitedSince < this.#options.patienceMs && !hasQueueTimeout(waiting.job) ? 'hold' : 'admit';
    }
    waiting.unsuitedSince = undefined;
    if (!isAuto) return 'admit';
    const load = this.#load['under way'];
    this.#share.observe(room, load);
    this.#window = this.#share.windowFor(room);
    // Jobs that are queued although the nodes seem to have room tell that there is none.
    const isFull = !this.#share.fits(room, load, costIn(room, waiting.job)) || this.#load.queued >= 1;
    return room.isOpen && !isFull ? 'admit' : 'wait';
  }

  #roomFor(job: JobInput | Job): Room | undefined {
    return this.#snapshot?.network.roomFor(job, demandOf(job, this.#defaults));
  }

  #costOf(job: JobInput | Job): number {
    const room = this.#roomFor(job);
    return room === undefined ? 0 : costIn(room, job);
  }

  #passage(cost: number): Passage {
    let state: State = 'under way';
    const enter = (next: State): void => {
      this.#count[state] -= 1;
      this.#load[state] = this.#count[state] === 0 ? 0 : this.#load[state] - cost;
      state = next;
      this.#count[state] += 1;
      this.#load[state] += cost;
    };
    this.#count[state] += 1;
    this.#load[state] += cost;
    this.#notify();
    return {
      observe: (job) => {
        if (state === 'ended') return;
        const seen = hasEnded(job) ? 'ended' : job.State?.StateType === 'Queued' ? 'queued' : 'under way';
        if (seen === state) return;
        if (seen === 'queued') {
          this.#blind.queued();
          // The scheduler knows something newer.
          if (this.#snapshot !== undefined) this.#snapshot = { ...this.#snapshot, at: Number.NEGATIVE_INFINITY };
        } else if (state === 'queued') this.#blind.placed();
        if (seen === 'ended') this.#blind.ended();
        enter(seen);
        if (this.#isBlind && this.#options.concurrency === 'auto') this.#window = this.#blind.size;
        this.#notify();
      },
      end: () => {
        if (state === 'ended') return;
        enter('ended');
        this.#notify();
      },
    };
  }

  #notify(): void {
    this.#wake.abort();
    this.#options.onChange();
  }

  /** Asks for the nodes. Without an answer the window is found by trial. */
  async #look(): Promise<void> {
    const { transport, signal, unreachableAfterMs, concurrency } = this.#options;
    try {
      const list = (): Promise<{ readonly items: readonly NodeState[] }> =>
        this.#nodes.list({ status: 'connected', signal });
      const { items } = await retryWhileUnreachable(transport, 'nodes.list', list, {
        signal,
        longestMs: unreachableAfterMs,
      });
      const network = new NetworkSnapshot(items);
      if (network.isTelling) this.#snapshot = { network, at: performance.now() };
      else this.#goBlind('the server does not say what room its nodes have');
    } catch (error) {
      if (signal.aborted) return;
      // What else is wrong is reported by the submission.
      this.#goBlind(error instanceof ApiError ? messageOf(error) : 'the nodes cannot be listed');
    }
    if (this.#isBlind && concurrency === 'auto') this.#window = this.#blind.size;
  }

  #goBlind(reason: string): void {
    const { transport, concurrency } = this.#options;
    this.#isBlind = true;
    this.#snapshot = undefined;
    if (concurrency === 'auto') {
      transport.warn(`jobs.map finds by trial how many jobs the network takes at once, because ${reason}.`);
    }
  }
}

const costIn = ({ slots }: Room, { Count }: Pick<Job, 'Count'>): number =>
  slots === 0 ? 0 : Math.min(1, Math.max(1, Count ?? 1) / slots);

const hasQueueTimeout = ({ Tasks }: JobInput): boolean => (Tasks[0]?.Timeouts?.QueueTimeout ?? 0) > 0;
