import { asPart, asParts, type Description, type Endpoint, type Part } from './description.ts';
import type { Difference } from './difference.ts';

const isObjectLike = (schema: Part): boolean => 'properties' in schema || 'additionalProperties' in schema;

/** Returns the type of a schema's values; undefined if the document leaves it open. */
function kindOf(schema: Part): string | undefined {
  const { type } = schema;
  if (typeof type === 'string') return type;
  return isObjectLike(schema) ? 'object' : undefined;
}

const strings = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];

/** Describes the type of a schema: `array of Job`, `map of string`, `integer`. */
function typeOf(description: Description, schema: unknown): string {
  const name = description.nameOf(schema);
  const resolved = description.resolve(schema);
  if (name !== undefined && (isObjectLike(resolved) || 'oneOf' in resolved || 'enum' in resolved)) return name;
  if (resolved['type'] === 'array') return `array of ${typeOf(description, resolved['items'])}`;
  if (!('properties' in resolved) && typeof resolved['additionalProperties'] === 'object') {
    return `map of ${typeOf(description, resolved['additionalProperties'])}`;
  }
  return kindOf(resolved) ?? 'anything';
}

interface EnumValue {
  readonly value: unknown;
  /** Its name in the server's source. */
  readonly name: string | undefined;
}

function enumOf(schema: Part): EnumValue[] | undefined {
  const { enum: values, 'x-enum-varnames': names } = schema;
  if (!Array.isArray(values)) return undefined;
  return values.map((value, index) => ({ value, name: strings(names)[index] }));
}

const sameText = (text: string, end: string): boolean => text.toLowerCase().endsWith(end.toLowerCase());

/** Lists how `theirs` differs from `ours`. Descriptions and names of models are not compared: they are not sent. */
export function compareDescriptions(ours: Description, theirs: Description): Difference[] {
  const differences = new Map<string, Difference>();
  const compared = new Map<Part, Set<Part>>();
  const ourModels = ours.modelNames();

  const add = (subject: string, sign: Difference['sign'], what: string, details: readonly string[] = []): void => {
    differences.set(`${subject} ${sign} ${what}`, { subject, sign, what, ...(details.length > 0 && { details }) });
  };

  /** Lists the properties of models that `ours` lacks, and of the models that those refer to. */
  function newModels(schemas: readonly unknown[], seen = new Set<string>()): string[] {
    return schemas.flatMap((schema): string[] => {
      const resolved = theirs.resolve(schema);
      const inner = [
        resolved['items'],
        resolved['additionalProperties'],
        ...Object.values(asPart(resolved['properties'])),
      ];
      const name = theirs.nameOf(schema);
      if (name === undefined)
        return newModels(
          inner.filter((part) => typeof part === 'object'),
          seen,
        );
      if (ourModels.has(name) || seen.has(name)) return [];
      seen.add(name);
      return [
        ...modelLines(name, resolved),
        ...newModels(
          inner.filter((part) => typeof part === 'object'),
          seen,
        ),
      ];
    });
  }

  function modelLines(name: string, schema: Part): string[] {
    const values = enumOf(schema);
    if (values !== undefined) return [`${name}: one of ${values.map(valueText).join(', ')}`];
    const properties = Object.entries(asPart(schema['properties']));
    if (properties.length === 0) return [];
    const required = new Set(strings(schema['required']));
    return [
      `${name}:`,
      ...properties.map(
        ([property, type]) => `  ${property}: ${typeOf(theirs, type)}${required.has(property) ? ', required' : ''}`,
      ),
    ];
  }

  const valueText = ({ value, name }: EnumValue): string => {
    const text = typeof value === 'string' ? value : JSON.stringify(value);
    return name === undefined || typeof value === 'string' ? text : `${text} (${name})`;
  };

  function compareEnums(subject: string, label: string, mine: EnumValue[], other: EnumValue[], byName: boolean): void {
    // Servers describe some enumerations by their internal numbers, but send their names.
    const same = (left: EnumValue, right: EnumValue): boolean =>
      byName ? sameText(right.name ?? '', String(left.value)) : left.value === right.value;
    for (const value of other.filter((right) => !mine.some((left) => same(left, right)))) {
      add(subject, '+', `${label}value ${valueText(value)}`);
    }
    for (const value of mine.filter((left) => !other.some((right) => same(left, right)))) {
      add(subject, '-', `${label}value ${valueText(value)}`);
    }
  }

  /**
   * Compares two schemas side by side, so that different names of models do not matter.
   *
   * @param path the location in the subject; empty for all of it
   */
  function compare(subject: string, path: string, mine: unknown, other: unknown): void {
    const name = ours.nameOf(mine);
    if (name !== undefined && path !== '') {
      compare(name, '', mine, other);
      return;
    }
    const [left, right] = [ours.resolve(mine), theirs.resolve(other)];
    const seen = compared.get(left) ?? new Set<Part>();
    if (seen.has(right)) return;
    compared.set(left, seen.add(right));

    const variants = asParts(left['oneOf']);
    if (variants.length > 0) {
      const others = asParts(right['oneOf']);
      for (const variant of others.length > 0 ? others : [other]) {
        const counterpart = closest(variants, variant);
        if (counterpart === undefined) add(subject, '~', `${path || 'type'}: no ${typeOf(theirs, variant)} in ours`);
        else compare(subject, path || 'type', counterpart, variant);
      }
      return;
    }

    const [kind, otherKind] = [kindOf(left), kindOf(right)];
    const [values, otherValues] = [enumOf(left), enumOf(right)];
    const label = path === '' ? '' : `${path}: `;
    const sameKind = kind === undefined || otherKind === undefined || kind === otherKind;
    if (!sameKind) add(subject, '~', `${path || 'type'}: ${kind} -> ${otherKind}`);
    // Without a list of values, theirs does not restrict them.
    if (otherValues !== undefined) {
      if (values !== undefined) compareEnums(subject, label, values, otherValues, !sameKind);
      else if (sameKind) add(subject, '+', `${label}only these values: ${otherValues.map(valueText).join(', ')}`);
    }
    if (!sameKind) return;

    if (kind === 'object') compareProperties(subject, path, left, right);
    if (left['items'] && right['items']) compare(subject, `${path}[]`, left['items'], right['items']);
    const [inner, otherInner] = [left['additionalProperties'], right['additionalProperties']];
    if (typeof inner === 'object' && typeof otherInner === 'object') compare(subject, `${path}{}`, inner, otherInner);
  }

  /** Returns the variant of the same type that has the most property names in common. */
  function closest(variants: readonly Part[], other: unknown): Part | undefined {
    const resolved = theirs.resolve(other);
    const names = Object.keys(asPart(resolved['properties']));
    const sharedWith = (variant: Part): number =>
      names.filter((name) => name in asPart(ours.resolve(variant)['properties'])).length;
    return variants
      .filter((variant) => kindOf(ours.resolve(variant)) === kindOf(resolved))
      .sort((a, b) => sharedWith(b) - sharedWith(a))[0];
  }

  function compareProperties(subject: string, path: string, left: Part, right: Part): void {
    const [properties, others] = [asPart(left['properties']), asPart(right['properties'])];
    // A map or an arbitrary object has no property names to compare.
    if (!('properties' in left) && 'additionalProperties' in left && !('properties' in right)) return;
    const [required, otherRequired] = [new Set(strings(left['required'])), new Set(strings(right['required']))];
    const at = (property: string): string => (path === '' ? property : `${path}.${property}`);
    for (const [property, schema] of Object.entries(others)) {
      if (!(property in properties)) {
        // An open object intentionally has more properties than are described.
        if (left['x-open'] === true) continue;
        const must = otherRequired.has(property) ? ', required' : '';
        add(subject, '+', `${at(property)}: ${typeOf(theirs, schema)}${must}`, newModels([schema]));
        continue;
      }
      if (required.has(property) !== otherRequired.has(property)) {
        const [before, after] = otherRequired.has(property) ? ['optional', 'required'] : ['required', 'optional'];
        add(subject, '~', `${at(property)}: ${before} -> ${after}`);
      }
      if (theirs.resolve(schema)['deprecated'] === true && ours.resolve(properties[property])['deprecated'] !== true) {
        add(subject, '~', `${at(property)}: deprecated`);
      }
      compare(subject, at(property), properties[property], schema);
    }
    for (const property of Object.keys(properties).filter((candidate) => !(candidate in others))) {
      add(subject, '-', `${at(property)}: ${typeOf(ours, properties[property])}`);
    }
  }

  function compareParameters(mine: Endpoint, other: Endpoint): void {
    // Parameters of the path are matched by position, so both sides have the same number.
    const byName = (parameters: readonly Part[]) =>
      new Map(
        parameters
          .filter((parameter) => parameter['in'] === 'query' || parameter['in'] === 'header')
          .map((parameter) => [`${parameter['in']} parameter ${parameter['name']}`, parameter]),
      );
    const [left, right] = [byName(mine.parameters), byName(other.parameters)];
    for (const [name, parameter] of right) {
      const counterpart = left.get(name);
      const schema = parameter['schema'];
      if (counterpart === undefined) {
        const must = parameter['required'] === true ? ', required' : '';
        add(mine.name, '+', `${name}: ${typeOf(theirs, schema)}${must}`, newModels([schema]));
        continue;
      }
      if ((parameter['required'] === true) !== (counterpart['required'] === true)) {
        const [before, after] = parameter['required'] === true ? ['optional', 'required'] : ['required', 'optional'];
        add(mine.name, '~', `${name}: ${before} -> ${after}`);
      }
      if (parameter['deprecated'] === true && counterpart['deprecated'] !== true) {
        add(mine.name, '~', `${name}: deprecated`);
      }
      compare(mine.name, name, counterpart['schema'], schema);
    }
    for (const [name, parameter] of left) {
      if (!right.has(name)) add(mine.name, '-', `${name}: ${typeOf(ours, parameter['schema'])}`);
    }
  }

  function compareContent(subject: string, what: string, mine: Part, other: Part): void {
    const [types, otherTypes] = [Object.keys(mine), Object.keys(other)];
    const common = types.filter((type) => otherTypes.includes(type));
    if (common.length === 0 && types.length > 0 && otherTypes.length > 0) {
      add(subject, '~', `${what}: ${types.join(', ')} -> ${otherTypes.join(', ')}`);
    }
    for (const type of common) {
      compare(subject, what, asPart(mine[type])['schema'], asPart(other[type])['schema']);
    }
    const schemas = Object.values(other).map((media) => asPart(media)['schema']);
    if (types.length === 0 && otherTypes.length > 0) {
      add(subject, '+', `${what}: ${schemas.map((schema) => typeOf(theirs, schema)).join(', ')}`, newModels(schemas));
    }
    if (types.length > 0 && otherTypes.length === 0) add(subject, '-', `${what}: ${types.join(', ')}`);
  }

  function compareEndpoints(mine: Endpoint, other: Endpoint): void {
    if (other.deprecated && !mine.deprecated) add(mine.name, '~', 'endpoint: deprecated');
    compareParameters(mine, other);
    compareContent(mine.name, 'request body', mine.request ?? {}, other.request ?? {});
    for (const [status, content] of other.answers) {
      const counterpart = mine.answers.get(status);
      if (counterpart !== undefined) compareContent(mine.name, `answer ${status}`, counterpart, content);
      else add(mine.name, '+', `answer ${status}${contentText(content)}`, newModels(schemasOf(content)));
    }
    for (const status of mine.answers.keys()) {
      if (!other.answers.has(status)) add(mine.name, '-', `answer ${status}`);
    }
  }

  const schemasOf = (content: Part): unknown[] => Object.values(content).map((media) => asPart(media)['schema']);
  const contentText = (content: Part): string => {
    const types = schemasOf(content).map((schema) => typeOf(theirs, schema));
    return types.length === 0 ? '' : `: ${types.join(', ')}`;
  };

  function newEndpoint({ name, summary, parameters, request, answers }: Endpoint): void {
    const details = parameters
      .filter((parameter) => parameter['in'] !== 'path')
      .map((parameter) => `${parameter['in']} parameter ${parameter['name']}: ${typeOf(theirs, parameter['schema'])}`);
    if (request !== undefined) details.push(`request body${contentText(request)}`);
    const good = [...answers].filter(([status]) => status < '400');
    for (const [status, content] of good) details.push(`answer ${status}${contentText(content)}`);
    const schemas = [request ?? {}, ...good.map(([, content]) => content)].flatMap(schemasOf);
    add(name, '+', summary === '' ? 'endpoint' : `endpoint: ${summary}`, [...details, ...newModels(schemas)]);
  }

  const [mine, other] = [ours.endpoints(), theirs.endpoints()];
  for (const [key, endpoint] of other) {
    const counterpart = mine.get(key);
    if (counterpart === undefined) newEndpoint(endpoint);
    else compareEndpoints(counterpart, endpoint);
  }
  for (const [key, { name }] of mine) {
    if (!other.has(key)) add(name, '-', 'endpoint');
  }
  return [...differences.values()];
}
