import type { Job } from 'bacalhau-apiclient';
import { hasEnded } from '../model/index.js';
import type { Requirements } from './suitability.js';

type State = 'running' | 'queued' | 'ended';

interface Entry {
  readonly job: Requirements;
  state: State;
  /** What it takes of the network, from 0 to 1. */
  cost: number;
}

/** What happened to a job, as far as it matters for the next. */
export type Transition = 'queued' | 'placed' | 'ended';

/** A submitted job whose state is followed. */
export interface FollowedJob {
  observe(job: Job): void;
  /** It is not followed any more. */
  end(): void;
}

/** The submitted jobs of a fan-out that have not ended: how many, and what part of the network they take. */
export class InFlight {
  readonly #entries = new Set<Entry>();
  readonly #costOf: (job: Requirements) => number;
  readonly #onTransition: (transition: Transition | undefined) => void;
  #peak = 0;
  #peakBefore = 0;

  /** @param onTransition called after a change; with undefined if a job was added, or is not followed any more. */
  constructor(costOf: (job: Requirements) => number, onTransition: (transition: Transition | undefined) => void) {
    this.#costOf = costOf;
    this.#onTransition = onTransition;
  }

  count(state: State): number {
    return this.#in(state).length;
  }

  load(state: State): number {
    return this.#in(state).reduce((sum, { cost }) => sum + cost, 0);
  }

  /** What part the running jobs took at most between the last two times that the network was looked at. */
  get peakLoad(): number {
    return this.#peakBefore;
  }

  /** Considers that the network has changed. */
  weigh(): void {
    for (const entry of this.#entries) entry.cost = this.#costOf(entry.job);
    this.#peakBefore = this.#peak;
    this.#peak = this.load('running');
  }

  add(job: Requirements): FollowedJob {
    const entry: Entry = { job, state: 'running', cost: this.#costOf(job) };
    this.#entries.add(entry);
    this.#peak = Math.max(this.#peak, this.load('running'));
    this.#onTransition(undefined);
    return {
      observe: (observed) => {
        const { state } = entry;
        const next = stateOf(observed);
        if (next === state || state === 'ended') return;
        entry.state = next;
        if (next === 'ended') this.#entries.delete(entry);
        this.#onTransition(next === 'running' ? 'placed' : next);
      },
      end: () => {
        entry.state = 'ended';
        if (this.#entries.delete(entry)) this.#onTransition(undefined);
      },
    };
  }

  #in(state: State): Entry[] {
    return [...this.#entries].filter((entry) => entry.state === state);
  }
}

function stateOf(job: Job): State {
  if (hasEnded(job)) return 'ended';
  return job.State?.StateType === 'Queued' ? 'queued' : 'running';
}
