// Compares our document with the swagger.json that a server's source comes with, for the day that a new server
// version appears. That file is known to be wrong in places, so this prints what differs and judges nothing.

/** A part of either document. Both are read by people who know them, so their shape is only probed. */
type Node = Readonly<Record<string, unknown>>;

const METHODS = ['get', 'put', 'post', 'delete'];

const asNode = (value: unknown): Node => (typeof value === 'object' && value !== null ? (value as Node) : {});
const asList = (value: unknown): Node[] => (Array.isArray(value) ? value.map(asNode) : []);

class Reader {
  private readonly root: Node;

  constructor(root: Node) {
    this.root = root;
  }

  /** Follows references, also in the `allOf` that one needs to be described; of variants, takes the first. */
  resolve(value: unknown): Node {
    const node = asNode(value);
    const [inner] = [...asList(node['allOf']), ...asList(node['oneOf'])];
    if (inner !== undefined) return this.resolve(inner);
    const reference = node['$ref'];
    if (typeof reference !== 'string') return node;
    let found: unknown = this.root;
    for (const name of reference.replace(/^#\//, '').split('/')) found = asNode(found)[name];
    return this.resolve(found);
  }

  operations(): Map<string, { path: Node; operation: Node }> {
    const found = new Map<string, { path: Node; operation: Node }>();
    for (const [path, item] of Object.entries(asNode(this.root['paths']))) {
      for (const method of METHODS) {
        const operation = asNode(item)[method];
        // Path parameters are called differently, and mean the same by their place.
        const key = `${method.toUpperCase()} ${path.replaceAll(/\{[^}]*\}/g, '{}')}`;
        if (operation !== undefined) found.set(key, { path: asNode(item), operation: asNode(operation) });
      }
    }
    return found;
  }

  parameters({ path, operation }: { path: Node; operation: Node }): Node[] {
    return [...asList(path['parameters']), ...asList(operation['parameters'])].map((parameter) =>
      this.resolve(parameter),
    );
  }

  /** The schema of a request's or an answer's JSON, as OpenAPI 3 or as Swagger 2 says it. */
  json(value: unknown): unknown {
    const node = this.resolve(value);
    return asNode(asNode(node['content'])['application/json'])['schema'] ?? node['schema'];
  }
}

const onlyIn = (these: Iterable<string>, others: ReadonlySet<string>): string[] =>
  [...these].filter((name) => !others.has(name)).sort();

export function diffWithSwagger(ourDocument: unknown, theirDocument: unknown): string[] {
  const ours = new Reader(asNode(ourDocument));
  const theirs = new Reader(asNode(theirDocument));
  const lines = new Set<string>();
  const report = (where: string, what: string, mine: Iterable<string>, other: Iterable<string>) => {
    const [left, right] = [new Set(mine), new Set(other)];
    for (const name of onlyIn(left, right)) lines.add(`${where}: ${what} ${name} only in ours`);
    for (const name of onlyIn(right, left)) lines.add(`${where}: ${what} ${name} only in theirs`);
  };

  const compared = new Map<Node, Set<Node>>();
  /** Walks both side by side, so that differing names of definitions do not matter. */
  function compare(where: string, mine: unknown, other: unknown): void {
    const [left, right] = [ours.resolve(mine), theirs.resolve(other)];
    const seen = compared.get(left) ?? new Set();
    if (seen.has(right)) return;
    compared.set(left, seen.add(right));
    const [types, otherTypes] = [left['type'], right['type']];
    if (types !== undefined && otherTypes !== undefined && types !== otherTypes) {
      lines.add(`${where}: ${types} in ours, ${otherTypes} in theirs`);
      return;
    }
    const [properties, otherProperties] = [asNode(left['properties']), asNode(right['properties'])];
    if ('properties' in left) {
      report(where, 'property', Object.keys(properties), Object.keys(otherProperties));
    }
    for (const name of Object.keys(properties).filter((property) => property in otherProperties)) {
      compare(`${where}.${name}`, properties[name], otherProperties[name]);
    }
    if (left['items'] && right['items']) compare(`${where}[]`, left['items'], right['items']);
    if (left['additionalProperties'] && right['additionalProperties']) {
      compare(`${where}{}`, left['additionalProperties'], right['additionalProperties']);
    }
  }

  const [mine, other] = [ours.operations(), theirs.operations()];
  report('API', 'operation', mine.keys(), other.keys());
  for (const [key, operation] of mine) {
    const counterpart = other.get(key);
    if (counterpart === undefined) continue;
    const names = (parameters: Node[]) =>
      parameters.filter((parameter) => parameter['in'] === 'query').map((parameter) => String(parameter['name']));
    const otherParameters = theirs.parameters(counterpart);
    report(key, 'query parameter', names(ours.parameters(operation)), names(otherParameters));
    const responses = (of: Node) => asNode(of['responses']);
    report(
      key,
      'status',
      Object.keys(responses(operation.operation)).filter((status) => status < '400'),
      Object.keys(responses(counterpart.operation)).filter((status) => status < '400'),
    );
    compare(
      `${key} request`,
      ours.json(operation.operation['requestBody']),
      theirs.json(
        otherParameters.find((parameter) => parameter['in'] === 'body') ?? counterpart.operation['requestBody'],
      ),
    );
    compare(
      `${key} 200`,
      ours.json(responses(operation.operation)['200']),
      theirs.json(responses(counterpart.operation)['200']),
    );
  }
  return [...lines];
}
