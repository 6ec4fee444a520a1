import { readFileSync } from 'node:fs';
import { parse } from 'yaml';

/** A schema or a part of one, as ajv reads it. */
export interface Schema {
  readonly [keyword: string]: unknown;
}

interface Reference {
  readonly $ref: string;
}

interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header' | 'cookie';
}

/** By media type. */
type Content = Readonly<Record<string, { readonly schema: Schema }>>;

interface Body {
  readonly content?: Content;
}

interface PathItem {
  readonly parameters?: readonly (Parameter | Reference)[];
}

interface OperationObject {
  readonly operationId: string;
  readonly parameters?: readonly (Parameter | Reference)[];
  readonly requestBody?: Body | Reference;
  readonly responses: Readonly<Record<string, Body | Reference>>;
}

interface OpenApi {
  readonly servers?: readonly { readonly url: string }[];
  readonly paths: Readonly<Record<string, PathItem & Readonly<Record<Method, OperationObject | undefined>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
}

const METHODS = ['get', 'put', 'post', 'delete', 'patch', 'head', 'options'] as const;
type Method = (typeof METHODS)[number];

export interface Operation {
  readonly id: string;
  readonly method: string;
  readonly path: string;
  readonly queryNames: ReadonlySet<string>;
  readonly request: Content;
  readonly responses: ReadonlyMap<number, Content>;
}

export interface Document {
  readonly schemas: Readonly<Record<string, Schema>>;
  readonly operations: readonly Operation[];
  /** Finds the operation that a server would route a request to, at any of the paths where servers have the API. */
  find(method: string, path: string): Operation | undefined;
}

function resolve<T extends object>(document: OpenApi, value: T | Reference): T {
  if (!('$ref' in value)) return value;
  let found: unknown = document;
  for (const name of value.$ref.replace(/^#\//, '').split('/')) {
    found = typeof found === 'object' && found !== null ? Reflect.get(found, name) : undefined;
  }
  if (found === undefined) throw new Error(`${value.$ref} is not in the document`);
  return found as T;
}

function operationsOf(document: OpenApi): Operation[] {
  return Object.entries(document.paths).flatMap(([path, item]) =>
    METHODS.flatMap((method) => {
      const operation = item[method];
      if (operation === undefined) return [];
      const parameters = [...(item.parameters ?? []), ...(operation.parameters ?? [])].map((parameter) =>
        resolve<Parameter>(document, parameter),
      );
      const body = operation.requestBody && resolve<Body>(document, operation.requestBody);
      return {
        id: operation.operationId,
        method: method.toUpperCase(),
        path,
        queryNames: new Set(parameters.filter((parameter) => parameter.in === 'query').map(({ name }) => name)),
        request: body?.content ?? {},
        responses: new Map(
          Object.entries(operation.responses).map(([status, response]) => [
            Number(status),
            resolve<Body>(document, response).content ?? {},
          ]),
        ),
      };
    }),
  );
}

const isTemplate = (segment: string): boolean => segment.startsWith('{');

function matches(template: string, path: string): boolean {
  const expected = template.split('/');
  const actual = path.split('/');
  return (
    expected.length === actual.length &&
    expected.every((segment, index) => (isTemplate(segment) ? actual[index] !== '' : segment === actual[index]))
  );
}

export function loadDocument(file: string): Document {
  // The only place that assumes the file's shape, which `redocly lint` checks.
  const document = parse(readFileSync(file, 'utf8')) as OpenApi;
  // Servers prefer `/jobs/diff` to `/jobs/{jobId}`.
  const operations = operationsOf(document).sort(
    (a, b) => a.path.split('/').filter(isTemplate).length - b.path.split('/').filter(isTemplate).length,
  );
  const bases = document.servers?.map(({ url }) => new URL(url).pathname.replace(/\/$/, '')) ?? [''];
  return {
    schemas: document.components.schemas,
    operations,
    find: (method, path) =>
      operations.find(
        (operation) =>
          operation.method === method.toUpperCase() && bases.some((base) => matches(`${base}${operation.path}`, path)),
      ),
  };
}
