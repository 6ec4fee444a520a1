import { readFileSync } from 'node:fs';
import { upgradeFromTwoToThree } from '@scalar/openapi-upgrader/2.0-to-3.0';
import { parse } from 'yaml';

/** A part of a description. Those of others are read too, so nothing is assumed about its shape. */
export type Part = Readonly<Record<string, unknown>>;

const isPart = (value: unknown): value is Part => typeof value === 'object' && value !== null && !Array.isArray(value);
export const asPart = (value: unknown): Part => (isPart(value) ? value : {});
export const asParts = (value: unknown): Part[] => (Array.isArray(value) ? value.filter(isPart) : []);

const METHODS = ['get', 'put', 'post', 'delete', 'patch', 'head', 'options'];

export interface Endpoint {
  /** Such as `GET /api/v1/orchestrator/jobs/{jobId}`. */
  readonly name: string;
  readonly summary: string;
  readonly deprecated: boolean;
  readonly parameters: readonly Part[];
  /** The request's body, by media type; undefined if there is none. */
  readonly request: Part | undefined;
  /** The bodies of responses, by status. */
  readonly answers: ReadonlyMap<string, Part>;
}

/** A description of an API in OpenAPI 3.0. A Swagger 2.0 document is converted first. */
export class Description {
  private readonly root: Part;

  private constructor(root: Part) {
    this.root = root;
  }

  /** @throws Error that says what is wrong with the document */
  static parse(text: string, source: string): Description {
    // Every JSON is YAML as well.
    const document: unknown = parse(text);
    if (!isPart(document) || !isPart(document['paths'])) {
      throw new Error(`${source} is not an API description: it has no "paths"`);
    }
    if (String(document['swagger']) === '2.0') return new Description(asPart(upgradeFromTwoToThree(document)));
    if (String(document['openapi']).startsWith('3.')) return new Description(document);
    throw new Error(`${source} is neither Swagger 2.0 nor OpenAPI 3`);
  }

  static read(file: string): Description {
    return Description.parse(readFileSync(file, 'utf8'), file);
  }

  /** By method and path, with the names of the parameters left out: what counts is their place. */
  endpoints(): Map<string, Endpoint> {
    const found = new Map<string, Endpoint>();
    const [server] = asParts(this.root['servers']);
    const base = new URL(String(server?.['url'] ?? '/'), 'http://host').pathname.replace(/\/$/, '');
    for (const [path, value] of Object.entries(asPart(this.root['paths']))) {
      const item = asPart(value);
      for (const method of METHODS.filter((candidate) => isPart(item[candidate]))) {
        const operation = asPart(item[method]);
        const name = `${method.toUpperCase()} ${base}${path}`;
        const body = isPart(operation['requestBody']) ? this.resolve(operation['requestBody']) : undefined;
        found.set(name.replaceAll(/\{[^}]*\}/g, '{}'), {
          name,
          summary: String(operation['summary'] ?? ''),
          deprecated: operation['deprecated'] === true,
          parameters: [...asParts(item['parameters']), ...asParts(operation['parameters'])].map((parameter) =>
            this.resolve(parameter),
          ),
          request: body && asPart(body['content']),
          answers: new Map(
            Object.entries(asPart(operation['responses'])).map(([status, answer]) => [
              status,
              asPart(this.resolve(answer)['content']),
            ]),
          ),
        });
      }
    }
    return found;
  }

  /** Returns the name of the model that a schema refers to, without the Go package that servers' own documents prepend. */
  nameOf(schema: unknown): string | undefined {
    const { $ref, allOf } = asPart(schema);
    // The only way to annotate a reference in OpenAPI 3.0.
    const [only, ...others] = asParts(allOf);
    if (only !== undefined && others.length === 0) return this.nameOf(only);
    return typeof $ref === 'string' ? $ref.split('/').pop()?.split('.').pop() : undefined;
  }

  modelNames(): Set<string> {
    const names = Object.keys(asPart(asPart(this.root['components'])['schemas']));
    return new Set(names.map((name) => name.split('.').pop() ?? name));
  }

  /** Resolves references, and merges the parts of an `allOf`. */
  resolve(value: unknown): Part {
    const part = asPart(value);
    const { $ref, allOf, ...rest } = part;
    if (typeof $ref === 'string') return this.resolve(this.at($ref));
    const parts = asParts(allOf).map((inner) => this.resolve(inner));
    if (parts.length === 0) return part;
    const all = [...parts, rest];
    return Object.assign({}, ...all, {
      properties: Object.assign({}, ...all.map((each) => asPart(each['properties']))),
      required: all.flatMap((each) => (Array.isArray(each['required']) ? each['required'] : [])),
    });
  }

  private at(reference: string): unknown {
    let found: unknown = this.root;
    for (const name of reference.replace(/^#\//, '').split('/')) {
      found = asPart(found)[decodeURIComponent(name).replaceAll('~1', '/').replaceAll('~0', '~')];
    }
    if (found === undefined) throw new Error(`${reference} is not in the document`);
    return found;
  }
}
