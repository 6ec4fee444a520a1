import type { Transport } from '../http/index.js';
import { hasEnded } from '../model/index.js';
import type { JobInput } from '../spec/index.js';
import { onAbort, raceAbort, sleep } from '../util/index.js';
import { DEFAULT_DEMAND, demandOf, learnedDefaults } from './demand.js';
import { type FollowedJob, InFlight, type Transition } from './in-flight.js';
import { NetworkWatch, SNAPSHOT_MS } from './network-watch.js';
import { kindOf, type Room } from './room.js';
import { Share } from './share.js';
import type { Requirements } from './suitability.js';
import { TrialWindow } from './trial-window.js';

/** How often the nodes are asked for while jobs wait only for others of the same fan-out, in milliseconds. */
const RELAXED_MS = 5_000;
/** How many inputs whose jobs no node can run, are queued, or exist already, are worked on beside the window. */
const BESIDE = 100;

/** The permission to submit a job. */
export interface Permit extends FollowedJob {
  /** False if no node that is connected can run it. */
  readonly isSuited: boolean;
}

export interface AdmissionOptions {
  readonly transport: Transport;
  readonly concurrency: number | 'auto';
  /** How long a job that no connected node can run waits for one, in milliseconds, */
  readonly patienceMs: number;
  /** and how long if no node is connected at all. */
  readonly queueTimeoutMs: number;
  readonly unreachableAfterMs: number | undefined;
  readonly signal: AbortSignal;
  /** Called when any of the counts may have changed. */
  readonly onChange: () => void;
}

interface Waiting {
  readonly job: JobInput;
  readonly resolve: (permit: Permit) => void;
  readonly reject: (reason: unknown) => void;
}

/**
 * Decides when the jobs of a fan-out are submitted: as many as the nodes take, and no more, because what the scheduler
 * refuses it looks at again only after a minute. A job that no connected node can run waits for one, without delaying
 * others; after a while it is submitted in spite of that, and the server says what is missing.
 */
export class Admission {
  readonly #options: AdmissionOptions;
  readonly #isAuto: boolean;
  readonly #watch: NetworkWatch;
  readonly #inFlight: InFlight;
  readonly #share = new Share();
  /** Takes the place of the share where nodes do not tell their room. */
  readonly #trial = new TrialWindow();
  readonly #waiting: Waiting[] = [];
  /** Since when no connected node could run jobs of a kind. */
  readonly #unsuitedSince = new Map<string, number>();
  #defaults = DEFAULT_DEMAND;
  #window: number;
  /** How many wait for a suitable node, */
  #held = 0;
  /** and how many follow a job that existed before. */
  #resumed = 0;
  /** Whether the scheduler queued a job since the nodes were asked for last: it knows something newer. */
  #wasRefused = false;
  #isRunning = false;
  #wake = new AbortController();

  constructor(options: AdmissionOptions) {
    const { concurrency, transport, signal, unreachableAfterMs } = options;
    this.#options = options;
    this.#isAuto = concurrency === 'auto';
    this.#window = concurrency === 'auto' ? 1 : concurrency;
    this.#inFlight = new InFlight(
      (job) => this.#costOf(job),
      (transition) => this.#onTransition(transition),
    );
    const onBlind = (reason: string): void => {
      if (!this.#isAuto) return;
      this.#window = this.#trial.size;
      transport.warn(`jobs.map finds by trial how many jobs the network takes at once, because ${reason}.`);
    };
    this.#watch = new NetworkWatch({ transport, signal, unreachableAfterMs, onBlind });
    onAbort(signal, () => this.#wake.abort());
  }

  /** How many inputs may have been read and not consumed yet. */
  get limit(): number {
    if (!this.#isAuto) return this.#window + Math.min(BESIDE, this.#held);
    // The next ones are prepared while these run.
    return this.#window * 2 + Math.min(BESIDE, this.#held + this.#resumed + this.queued);
  }

  get queued(): number {
    return this.#inFlight.count('queued');
  }

  get running(): number {
    return this.#inFlight.count('running');
  }

  /** How many jobs may be running. */
  get window(): number {
    return this.#window;
  }

  /** Resolves when the job is to be submitted. */
  admit(job: JobInput): Promise<Permit> {
    const permit = new Promise<Permit>((resolve, reject) => {
      this.#waiting.push({ job, resolve, reject });
    });
    this.#notify();
    if (!this.#isRunning) void this.#run();
    return raceAbort(permit, this.#options.signal);
  }

  /** Follows a job that exists already: it takes no room before it is seen to be unfinished. */
  resume(): FollowedJob {
    let followed: FollowedJob | undefined;
    this.#resumed += 1;
    this.#notify();
    return {
      observe: (job) => {
        if (followed === undefined && hasEnded(job)) return;
        followed ??= this.#inFlight.add(job);
        followed.observe(job);
      },
      end: () => {
        this.#resumed -= 1;
        followed?.end();
        this.#notify();
      },
    };
  }

  /** Takes note that a job failed for want of room. */
  refused(): void {
    this.#wasRefused = true;
    this.#trial.refused();
    this.#followTrial();
    this.#notify();
  }

  /** Admits jobs in their order as long as any waits. */
  async #run(): Promise<void> {
    const { signal } = this.#options;
    this.#isRunning = true;
    try {
      while (this.#waiting.length > 0 && !signal.aborted) {
        this.#wake = new AbortController();
        if (await this.#watch.refresh()) {
          this.#wasRefused = false;
          this.#inFlight.weigh();
        }
        const isClosed = this.#admitWaiting();
        if (this.#waiting.length > 0 && !signal.aborted) {
          await sleep(isClosed || this.#held > 0 ? SNAPSHOT_MS : RELAXED_MS, this.#wake.signal);
        }
      }
    } catch (error) {
      for (const { reject } of this.#waiting.splice(0)) reject(error);
    } finally {
      this.#isRunning = false;
    }
  }

  /** Admits what may be submitted now; returns whether the next is kept back by what others run. */
  #admitWaiting(): boolean {
    let isClosed = false;
    const held: Waiting[] = [];
    for (let next = this.#waiting.shift(); next !== undefined; next = this.#waiting.shift()) {
      const { job, resolve } = next;
      const room = this.#roomFor(job);
      const isSuited = room === undefined || room.slots > 0;
      if (isSuited) this.#unsuitedSince.delete(this.#kindOf(job));
      if (!isSuited && this.#isHeld(job)) held.push(next);
      else if (!isSuited || this.#fits(job, room)) resolve({ ...this.#follow(job), isSuited });
      else {
        this.#waiting.unshift(next);
        isClosed = room?.isOpen !== true || this.#wasRefused;
        break;
      }
    }
    this.#waiting.unshift(...held);
    this.#held = held.length;
    this.#options.onChange();
    return isClosed;
  }

  /** Whether a job waits for a node that can run it. */
  #isHeld(job: JobInput): boolean {
    // It has what it needs to wait at the server.
    if ((job.Tasks[0]?.Timeouts?.QueueTimeout ?? 0) > 0) return false;
    const { patienceMs, queueTimeoutMs } = this.#options;
    const kind = this.#kindOf(job);
    const now = performance.now();
    const since = this.#unsuitedSince.get(kind) ?? now;
    this.#unsuitedSince.set(kind, since);
    return now - since < (this.#watch.snapshot?.isEmpty ? queueTimeoutMs : patienceMs);
  }

  /** Whether there is room for a job that some node can run. */
  #fits(job: JobInput, room: Room | undefined): boolean {
    const { running } = this;
    if (!this.#isAuto) return running + this.queued < this.#window;
    if (room === undefined) return this.#trial.fits(running);
    const load = this.#inFlight.load('running');
    this.#share.observe(room, this.#inFlight.peakLoad);
    this.#window = this.#share.windowFor(room);
    // Jobs that are queued although the nodes seem to have room tell that there is none.
    const isRefused = this.#wasRefused || this.#inFlight.load('queued') >= 1;
    return room.isOpen && !isRefused && this.#share.fits(room, load, costIn(room, job));
  }

  #follow(job: JobInput): FollowedJob {
    const followed = this.#inFlight.add(job);
    let isLearned = false;
    return {
      observe: (observed) => {
        if (!isLearned) this.#defaults = learnedDefaults(job, observed, this.#defaults);
        isLearned = true;
        followed.observe(observed);
      },
      end: () => followed.end(),
    };
  }

  #onTransition(transition: Transition | undefined): void {
    if (transition === 'queued') {
      this.#wasRefused = true;
      this.#trial.refused();
    } else if (transition === 'placed') this.#trial.placed();
    else if (transition === 'ended') this.#trial.ended();
    this.#followTrial();
    this.#notify();
  }

  #followTrial(): void {
    if (this.#isAuto && this.#watch.isBlind) this.#window = this.#trial.size;
  }

  #kindOf(job: Requirements): string {
    return kindOf(job, demandOf(job, this.#defaults));
  }

  #roomFor(job: Requirements): Room | undefined {
    return this.#watch.snapshot?.roomFor(job, demandOf(job, this.#defaults));
  }

  /** What part of the network a job takes. */
  #costOf(job: Requirements): number {
    const room = this.#roomFor(job);
    return room === undefined ? 0 : costIn(room, job);
  }

  #notify(): void {
    this.#wake.abort();
    this.#options.onChange();
  }
}

const costIn = ({ slots }: Room, { Count }: Requirements): number =>
  slots === 0 ? 0 : Math.min(1, Math.max(1, Count ?? 1) / slots);
