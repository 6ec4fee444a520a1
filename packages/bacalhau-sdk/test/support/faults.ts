/** What may become of one request. `after` is the share of the answer that still passes, from 0 to 1. */
export type Fault =
  | { readonly kind: 'none' }
  /** Reset before it reaches the server. */
  | { readonly kind: 'lost request' }
  /** The server carries it out, and nobody hears of it. */
  | { readonly kind: 'lost answer' }
  /** Reset in the middle of the answer. */
  | { readonly kind: 'reset'; readonly after: number }
  /** The answer ends early, as if that were all: nothing of HTTP tells that something is missing. */
  | { readonly kind: 'truncated'; readonly after: number }
  /** Half-open: the request is taken, and nothing ever comes. `arrives`: whether the server carries it out. */
  | { readonly kind: 'silent'; readonly arrives: boolean }
  /** Half-open from the middle of the answer on. */
  | { readonly kind: 'stalled'; readonly after: number }
  /** The answer comes in so many pieces. */
  | { readonly kind: 'slow'; readonly pieces: number }
  /** Refused with 429, or with 503, which a server also gives to what it carries out after all (`arrives`). */
  | {
      readonly kind: 'refused';
      readonly status: 429 | 503;
      readonly retryAfter: string | undefined;
      readonly arrives: boolean;
    }
  /** A gateway's own answer, as a page: it had none of the server, which may have carried the request out (`arrives`). */
  | { readonly kind: 'gateway'; readonly status: 502 | 504; readonly arrives: boolean };

export type FaultKind = Fault['kind'];

/** The request that a fault is chosen for. */
export interface Faced {
  /** What kind of request it is, without what differs from run to run: `GET orchestrator/jobs/*`. */
  readonly route: string;
  /** Its number among those of its route, from 1. */
  readonly number: number;
}

export type FaultPlan = (request: Faced) => Fault;

/** The requests of one route meet these faults, in order; everything else, and what comes later, none. */
export const scheduled =
  (route: string, ...faults: readonly Fault[]): FaultPlan =>
  (faced) =>
    (faced.route === route ? faults[faced.number - 1] : undefined) ?? { kind: 'none' };

/** A fault of its own for each route; others meet none. */
export const byRoute =
  (plans: Readonly<Record<string, FaultPlan>>): FaultPlan =>
  (faced) =>
    plans[faced.route]?.(faced) ?? { kind: 'none' };

/**
 * Faults by chance. What the n-th request of a route meets is a function of the seed and nothing else, so that a run
 * meets the same faults again however its requests overtake each other.
 *
 * @param share how many of the requests meet one, from 0 to 1
 * @param kinds which ones, equally often; those that are named twice, twice as often
 */
export function seeded(
  seed: number,
  { share, kinds }: { readonly share: number; readonly kinds: readonly FaultKind[] },
): FaultPlan {
  return ({ route, number }) => {
    const random = randomOf(`${seed} ${route} ${number}`);
    const kind = random() < share ? kinds[Math.floor(random() * kinds.length)] : undefined;
    return kind === undefined ? { kind: 'none' } : faultOf(kind, random);
  };
}

function faultOf(kind: FaultKind, random: () => number): Fault {
  switch (kind) {
    case 'none':
    case 'lost request':
    case 'lost answer':
      return { kind };
    case 'reset':
    case 'truncated':
    case 'stalled':
      return { kind, after: random() };
    case 'silent':
      return { kind, arrives: random() < 0.5 };
    case 'gateway':
      return { kind, status: random() < 0.5 ? 502 : 504, arrives: random() < 0.5 };
    case 'slow':
      return { kind, pieces: 2 + Math.floor(random() * 20) };
    case 'refused': {
      const status = random() < 0.5 ? 429 : 503;
      const retryAfter = [undefined, '0', '1', 'Thu, 01 Jan 1970 00:00:00 GMT'][Math.floor(random() * 4)];
      return { kind, status, retryAfter, arrives: status === 503 && random() < 0.5 };
    }
  }
}

/** Numbers from 0 to 1 that a text decides: FNV-1a makes a state of it, mulberry32 goes on from there. */
export function randomOf(text: string): () => number {
  let state = 0x811c9dc5;
  for (const character of text) state = Math.imul(state ^ (character.codePointAt(0) ?? 0), 0x01000193);
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/**
 * The seeds to test with: those given, or the ones that `BACALHAU_TEST_SEEDS` lists, to see a failure again or to look
 * for more. Put them into the tests' titles, so that a failure names its own.
 */
export function seeds(...given: readonly number[]): readonly number[] {
  const wanted = process.env['BACALHAU_TEST_SEEDS'];
  return wanted === undefined ? given : wanted.split(',').map(Number);
}
