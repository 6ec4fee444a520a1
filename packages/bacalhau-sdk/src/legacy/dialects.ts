import { UnsupportedByServerError } from '../errors/index.js';
import { isAtLeast, parseRelease, type ServerRelease } from '../model/index.js';
import { PAYLOAD_0_3_12, PAYLOAD_0_3_14, PAYLOAD_0_3_17 } from './encode/payloads.js';
import type { StructSchema } from './encode/schema.js';

/** The calls of the legacy API. */
export type LegacyCall = 'submit' | 'list' | 'events' | 'localEvents' | 'results' | 'states' | 'cancel';

/** How servers from one version on speak the API. */
export interface Dialect {
  /** The first server version that speaks it, for example `0.3.14`; its name. */
  readonly since: string;
  /** The path between the server's address and the name of the call. */
  readonly path: '' | '/requester' | '/api/v1/requester';
  /** The member of the body that holds a submission's payload. */
  readonly submitField: 'data' | 'job_create_payload' | 'payload';
  /** The member that holds a cancellation's payload; undefined where there is no `cancel`. */
  readonly cancelField: 'job_cancel_payload' | 'payload' | undefined;
  /**
   * The server's type of the payload, where it verifies the signature against its own encoding of what it parsed;
   * undefined where it verifies the bytes that were sent.
   */
  readonly canonical: StructSchema | undefined;
  readonly localEvents: boolean;
  /** Which object holds `Deal` and `ExecutionPlan`: the job, beside `Spec`, or `Spec` itself. */
  readonly dealIn: 'Job' | 'Spec';
  /** Whether a publisher is named by `PublisherSpec`, and no longer by `Publisher`. */
  readonly publisherSpec: boolean;
  /** The default of `APIVersion`: servers require one, whichever it is. */
  readonly apiVersion: 'V1beta1' | 'V1beta2';
}

const OLDEST: Dialect = {
  since: '0.3.12',
  path: '',
  submitField: 'data',
  cancelField: undefined,
  canonical: PAYLOAD_0_3_12,
  localEvents: true,
  dealIn: 'Job',
  publisherSpec: false,
  apiVersion: 'V1beta1',
};

/** The changes of the API by version, oldest first; each row inherits from the one before. */
const CHANGES: readonly (Partial<Dialect> & Pick<Dialect, 'since'>)[] = [
  { since: '0.3.14', submitField: 'job_create_payload', canonical: PAYLOAD_0_3_14, dealIn: 'Spec' },
  { since: '0.3.17', path: '/requester', canonical: PAYLOAD_0_3_17 },
  { since: '0.3.18', canonical: undefined },
  { since: '0.3.20', localEvents: false },
  { since: '0.3.21', cancelField: 'job_cancel_payload' },
  { since: '0.3.24', cancelField: 'payload' },
  { since: '0.3.26', submitField: 'payload', publisherSpec: true, apiVersion: 'V1beta2' },
  { since: '1.0.0', path: '/api/v1/requester' },
];

/** Newest first. */
const DIALECTS: readonly Dialect[] = rows(OLDEST, CHANGES).reverse();

function rows(first: Dialect, changes: typeof CHANGES): Dialect[] {
  const [change, ...later] = changes;
  return change === undefined ? [first] : [first, ...rows({ ...first, ...change }, later)];
}

/** The corresponding calls of `new Bacalhau()`, for servers from 1.4 on. */
const MODERN_CALLS: Readonly<Record<LegacyCall, string>> = {
  submit: 'jobs.put',
  list: 'jobs.list',
  events: 'jobs.history',
  localEvents: 'jobs.history',
  results: 'jobs.results',
  states: 'jobs.get',
  cancel: 'jobs.stop',
};

/**
 * Returns the dialect of a server. Those from 1.4 on count as speaking the last one: 1.4 can be configured to, and a server
 * that does not responds with 410 or 404.
 *
 * @throws {UnsupportedByServerError} if the server is older than this package knows.
 */
export function dialectOf(release: ServerRelease, call: LegacyCall): Dialect {
  const dialect = DIALECTS.find(({ since }) => isAtLeast(release, since));
  if (dialect === undefined) {
    throw new UnsupportedByServerError(
      `legacy.${call}: the server is ${versionText(release)}, and servers from ${OLDEST.since} on are supported.`,
    );
  }
  return dialect;
}

/** Checks that a dialect has a call: throws `UnsupportedByServerError` if not. */
export function requireCall(dialect: Dialect, call: LegacyCall): void {
  if (call === 'localEvents' && !dialect.localEvents) {
    throw new UnsupportedByServerError(
      `legacy.localEvents: servers from 0.3.20 on have no local events. Use events, or on servers from 1.4 on ${modern(call)}.`,
    );
  }
  if (call === 'cancel' && dialect.cancelField === undefined) {
    throw new UnsupportedByServerError(
      `legacy.cancel: servers before 0.3.21 cannot cancel a job: it ends with its Timeout. On servers from 1.4 on use ${modern(call)}.`,
    );
  }
}

/** Returns the error for a server that has removed the call, or has it switched off. */
export function goneError(call: LegacyCall, version: string | undefined, cause: unknown): UnsupportedByServerError {
  const server = version === undefined ? 'the server' : `the server is ${version}, which`;
  return new UnsupportedByServerError(
    `legacy.${call}: ${server} no longer has this API (it ended with 1.3; 1.4 has it if it is switched on there). Use ${modern(call)}.`,
    { cause },
  );
}

const modern = (call: LegacyCall): string => `${MODERN_CALLS[call]} of \`new Bacalhau()\``;

/** Parses a version; undefined for those of development builds. */
export const releaseOf = (version: string): ServerRelease | undefined => parseRelease(version);

const versionText = ({ major, minor, patch }: ServerRelease): string => `${major}.${minor}.${patch}`;
