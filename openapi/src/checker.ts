import type { IncomingHttpHeaders } from 'node:http';
import { fileURLToPath } from 'node:url';
import { loadDocument, type Operation, type Schema } from './document.ts';
import { createValidator, type Direction } from './schemas.ts';

/** A request and its response. */
export interface Exchange {
  readonly method: string;
  /** The path with its query. */
  readonly path: string;
  readonly requestBody?: string | undefined;
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface Violation {
  /** The operation's id, or the method and path of a request that matches no operation. */
  readonly operation: string;
  readonly part: 'request' | 'response' | 'log frame';
  readonly status?: number;
  /** The location in the body, as a JSON pointer; empty for the whole body. */
  readonly pointer: string;
  readonly message: string;
}

export interface ConformanceChecker {
  check(exchange: Exchange): Violation[];
  checkLogFrame(frame: string): Violation[];
  /** Returns the id of the operation that a request matches. */
  operationOf(method: string, path: string): string | undefined;
  /** All operations of the document, for finding those that were never used. */
  readonly operationIds: readonly string[];
}

/** The document of the current API. */
export const DOCUMENT_FILE = fileURLToPath(new URL('../bacalhau.yaml', import.meta.url));

/** The document of the API of 0.3 servers. */
export const LEGACY_DOCUMENT_FILE = fileURLToPath(new URL('../bacalhau-legacy.yaml', import.meta.url));

const LOG_FRAME: Schema = { $ref: '#/components/schemas/LogFrame' };

const mediaType = (headers: IncomingHttpHeaders): string =>
  (headers['content-type'] ?? '').split(';', 1).join('').trim().toLowerCase();

/** Creates a checker that compares the requests and responses of an API with its document. */
export function createConformanceChecker(file: string = DOCUMENT_FILE): ConformanceChecker {
  const document = loadDocument(file);
  const validator = createValidator(document);

  type Problem = Pick<Violation, 'pointer' | 'message'>;
  const whole = (message: string): Problem[] => [{ pointer: '', message }];

  function bodyProblems(direction: Direction, type: string, schema: Schema, text: string): Problem[] {
    if (type !== 'application/json') return validator.problems(direction, schema, text);
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch (error) {
      return whole(`is not JSON: ${error}`);
    }
    return validator.problems(direction, schema, value);
  }

  function responseProblems(operation: Operation, { status, headers, body }: Exchange): Problem[] {
    const content = operation.responses.get(status);
    if (content === undefined) return whole('the status is not in the document');
    if (Object.keys(content).length === 0)
      return body === '' ? [] : whole('has a body, but the document describes none');
    const type = mediaType(headers);
    const media = content[type];
    return media === undefined
      ? whole(`the content type ${type || '(none)'} is not in the document`)
      : bodyProblems('response', type, media.schema, body);
  }

  function requestProblems(operation: Operation, { path, requestBody = '' }: Exchange): Problem[] {
    const unknown = [...new URL(path, 'http://host').searchParams.keys()]
      .filter((name) => !operation.queryNames.has(name))
      .flatMap((name) => whole(`the query parameter ${name} is not in the document`));
    if (requestBody === '') return unknown;
    const json = operation.request['application/json'];
    return json === undefined
      ? [...unknown, ...whole('has a body, but the document describes none')]
      : [...unknown, ...bodyProblems('request', 'application/json', json.schema, requestBody)];
  }

  const find = (method: string, path: string) => document.find(method, new URL(path, 'http://host').pathname);

  return {
    operationIds: document.operations.map((operation) => operation.id),
    operationOf: (method, path) => find(method, path)?.id,
    check(exchange) {
      const { method, path, status } = exchange;
      const operation = find(method, path);
      if (operation === undefined) {
        return [{ operation: `${method} ${path}`, part: 'request', pointer: '', message: 'is not in the document' }];
      }
      const violation = (part: Violation['part']) => (problem: Problem) => ({
        operation: operation.id,
        part,
        status,
        ...problem,
      });
      return [
        // A rejected request may be invalid; one that the server accepts must be as the document describes.
        ...(status < 400 ? requestProblems(operation, exchange).map(violation('request')) : []),
        // A WebSocket has no body; its frames are checked individually.
        ...(status === 101 && operation.responses.has(101)
          ? []
          : responseProblems(operation, exchange).map(violation('response'))),
      ];
    },
    checkLogFrame: (frame) =>
      bodyProblems('response', 'application/json', LOG_FRAME, frame).map((problem) => ({
        operation: 'getJobLogs',
        part: 'log frame',
        ...problem,
      })),
  };
}
