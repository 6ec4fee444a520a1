import { isRecord } from '../util/index.js';

/** One message of the log stream, parsed. */
export type Frame =
  | { readonly kind: 'output'; readonly stream: 'stdout' | 'stderr'; readonly text: string }
  | { readonly kind: 'error'; readonly message: string }
  | { readonly kind: 'invalid'; readonly problem: string };

const STREAMS: ReadonlyMap<unknown, 'stdout' | 'stderr'> = new Map([
  [1, 'stdout'],
  [2, 'stderr'],
]);

/** Parses `{"value":{"Type":1,"Line":"…"}}` or `{"error":"…","value":…}`. Never throws: anything else is `invalid`. */
export function parseFrame(message: string): Frame {
  let parsed: unknown;
  try {
    parsed = JSON.parse(message);
  } catch {
    return { kind: 'invalid', problem: 'a message that is not JSON' };
  }
  if (!isRecord(parsed)) return { kind: 'invalid', problem: 'a message that is not a JSON object' };
  const { error, value } = parsed;
  // An error frame has a value, too, but a meaningless one.
  if (typeof error === 'string' && error !== '') return { kind: 'error', message: error };
  if (!isRecord(value)) return { kind: 'invalid', problem: 'a message without a value' };
  const stream = STREAMS.get(value['Type']);
  const text = value['Line'];
  if (stream === undefined || typeof text !== 'string') {
    return { kind: 'invalid', problem: 'a value that is not output' };
  }
  return { kind: 'output', stream, text };
}
