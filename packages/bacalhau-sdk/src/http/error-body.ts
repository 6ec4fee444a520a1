import { isRecord, stringEntries } from '../util/index.js';
import { TextBody } from './body.js';

/** What the body of an error says, in whichever of the servers' formats. */
export interface ErrorBody {
  readonly message: string | undefined;
  readonly code?: string | undefined;
  readonly component?: string | undefined;
  readonly hint?: string | undefined;
  readonly details?: Readonly<Record<string, string>> | undefined;
  /** Whether the message is a whole body, which may be long. */
  readonly isPlainText?: boolean;
}

/**
 * Parses the error formats of servers from 1.4 to 1.9: the envelope (from 1.5), `{message}` (1.4), `{Error}`
 * (version check), `{Authentication: {reason}}` (failed login), and plain text (timeouts, proxies).
 */
export function parseErrorBody(body: unknown): ErrorBody {
  if (body instanceof TextBody) return { message: textOf(body.text), isPlainText: true };
  // Of the API of before 1.4, on servers from 1.1 on.
  if (typeof body === 'string') return { message: textOf(body), isPlainText: true };
  if (!isRecord(body)) return { message: undefined };
  if ('Authentication' in body && isRecord(body['Authentication'])) {
    return { message: text(body['Authentication']['reason']) };
  }
  if ('Error' in body) {
    const { Error: message, ...details } = body;
    return { message: text(message), details: stringEntries(details) };
  }
  if ('Message' in body) {
    return {
      message: text(body['Message']),
      code: text(body['Code']),
      component: text(body['Component']),
      hint: text(body['Hint']),
      details: isRecord(body['Details']) ? stringEntries(body['Details']) : undefined,
    };
  }
  // Server 1.4 puts the cause into `error`, sometimes after the status, and often the status's name into `message`.
  return { message: text(body['error'])?.replace(/^(?:code=\d+, message=)+/, '') ?? text(body['message']) };
}

/**
 * Returns whether an error is in one of the formats of servers from 1.4 to 1.9; of a legacy call, in those of older ones.
 */
export function isServersError(body: unknown, operation: string): boolean {
  if (body instanceof TextBody) return operation.startsWith('legacy.') && !isPage(body);
  if (!isRecord(body)) return false;
  const { Status, Message, Component, Code, Error: refusal, MinVersion, Authentication, error } = body;
  return (
    (typeof Message === 'string' && [Status, Component, Code].some((value) => value !== undefined)) ||
    (typeof refusal === 'string' && MinVersion !== undefined) ||
    isRecord(Authentication) ||
    (typeof error === 'string' && /^code=\d+, message=|^job not found/i.test(error))
  );
}

/** Returns whether a body is a page of HTML, or XML. */
export const isPage = (body: unknown): boolean =>
  body instanceof TextBody && /^\s*<(!doctype|html|head|body|\?xml)/i.test(body.text);

const text = (value: unknown): string | undefined =>
  typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined;

/**
 * Returns a text; undefined for a page of HTML, which would not help. It is truncated only after its secrets are replaced.
 */
function textOf(body: string): string | undefined {
  const trimmed = body.trim();
  if (trimmed === '' || /^<(!doctype|html|\?xml)/i.test(trimmed)) return undefined;
  return trimmed;
}
