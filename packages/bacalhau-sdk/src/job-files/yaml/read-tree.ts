import { isAlias, isMap, isScalar, isSeq, type Scalar, type YAMLMap } from 'yaml';
import { JobFileProblem } from '../problem.js';
import type { Tree } from './parse-syntax.js';
import { keyOf, resolvePlain, resolveTagged } from './scalars.js';

const YAML_TAG = 'tag:yaml.org,2002:';

/** Returns the values of a parsed text, as JSON has them. */
export function readTree(tree: Tree | undefined, text: string): unknown {
  return tree === undefined ? null : new TreeReader(text).read(tree.contents);
}

/** Reads nodes in the order of the text, because an alias stands for the anchor that was last defined before it. */
class TreeReader {
  readonly #text: string;
  readonly #anchors = new Map<string, unknown>();
  /** The anchored nodes that are being read, which no alias in them may name. */
  readonly #open = new Set<unknown>();
  #nodes = 0;
  #nodesOfAliases = 0;
  #aliasDepth = 0;

  constructor(text: string) {
    this.#text = text;
  }

  read(node: unknown): unknown {
    this.#count();
    if (node === null || node === undefined) return null;
    if (isAlias(node)) return this.#followAlias(node.source, (target) => this.read(target));
    this.#define(node);
    if (isScalar(node)) return this.#readScalar(node);
    return this.#enter(node, () => {
      if (isSeq(node)) return node.items.map((item) => this.read(item));
      if (!isMap(node)) throw new JobFileProblem('has a value that is neither a text nor a list nor a mapping.');
      const entries = new Map<string, unknown>();
      this.#readEntries(node, entries);
      return Object.fromEntries(entries);
    });
  }

  /** Reads the entries of a mapping. Of a key that comes twice the last counts, whether it is merged or not. */
  #readEntries(map: YAMLMap, into: Map<string, unknown>): void {
    for (const { key, value } of map.items) {
      this.#refuseLastColon(key, value);
      if (isMergeKey(key)) this.#merge(value, into);
      else into.set(keyOf(this.#readKey(key)), this.read(value));
    }
  }

  /** Refuses `[a:]` and `{a:}`: for the CLI the colon is a part of the text, for newer YAML it ends a key. */
  #refuseLastColon(key: unknown, value: unknown): void {
    if (!isScalar(key) || key.type !== 'PLAIN' || (isScalar(value) && value.source !== '')) return;
    const end = key.range?.[1] ?? 0;
    if (!/^:[,\]}]/.test(this.#text.slice(end, end + 2))) return;
    throw new JobFileProblem(
      `has ${key.source}: before a bracket or comma. Put it into quotes, or a space after the colon.`,
    );
  }

  #readKey(key: unknown): unknown {
    if (isAlias(key)) return this.#followAlias(key.source, (target) => this.#readKey(target));
    if (!isScalar(key)) return this.read(key);
    this.#define(key);
    return this.#resolve(key);
  }

  #merge(value: unknown, into: Map<string, unknown>): void {
    // Those that come first win.
    if (isSeq(value)) for (const item of [...value.items].reverse()) this.#mergeOne(item, into);
    else this.#mergeOne(value, into);
  }

  #mergeOne(node: unknown, into: Map<string, unknown>): void {
    this.#count();
    if (isAlias(node)) {
      this.#followAlias(node.source, (target) => this.#mergeOne(target, into));
      return;
    }
    if (!isMap(node))
      throw new JobFileProblem('has a merge key (<<) whose value is not a mapping or a list of mappings.');
    this.#define(node);
    this.#enter(node, () => this.#readEntries(node, into));
  }

  #followAlias<T>(name: string, follow: (target: unknown) => T): T {
    if (!this.#anchors.has(name)) throw new JobFileProblem(`has an alias *${name} without an anchor before it.`);
    const target = this.#anchors.get(name);
    if (this.#open.has(target)) throw new JobFileProblem(`has an anchor &${name} that contains itself.`);
    this.#aliasDepth += 1;
    try {
      return follow(target);
    } finally {
      this.#aliasDepth -= 1;
    }
  }

  /** Remembers an anchor. What an alias repeats defines nothing anew. */
  #define(node: unknown): void {
    if (this.#aliasDepth > 0 || !(isScalar(node) || isSeq(node) || isMap(node))) return;
    if (node.anchor !== undefined) this.#anchors.set(node.anchor, node);
  }

  #enter<T>(node: unknown, read: () => T): T {
    this.#open.add(node);
    try {
      return read();
    } finally {
      this.#open.delete(node);
    }
  }

  /** Refuses a text in which aliases of aliases make much of little, by the measure of the CLI's parser. */
  #count(): void {
    this.#nodes += 1;
    if (this.#aliasDepth > 0) this.#nodesOfAliases += 1;
    if (this.#nodesOfAliases <= 100 || this.#nodes <= 1_000) return;
    if (this.#nodesOfAliases / this.#nodes <= mostOfAliases(this.#nodes)) return;
    throw new JobFileProblem('has aliases that repeat too much. Write out what they stand for.');
  }

  #readScalar(node: Scalar): unknown {
    const value = this.#resolve(node);
    if (typeof value === 'bigint') return Number(value);
    if (typeof value !== 'number' || Number.isFinite(value)) return value;
    throw new JobFileProblem(`has the number ${node.source ?? value}, which jobs cannot have.`);
  }

  #resolve(node: Scalar) {
    const text = this.#textOf(node);
    const { tag } = node;
    if (tag === undefined) return node.type === undefined || node.type === 'PLAIN' ? resolvePlain(text) : text;
    return tag.startsWith(YAML_TAG) ? resolveTagged(text, tag.slice(YAML_TAG.length)) : text;
  }

  #textOf({ value, source = '', type, range }: Scalar): string {
    const text = typeof value === 'string' ? value : source;
    // At the end of a file without a last line break, a block has none either.
    const isCutOff = type?.startsWith('BLOCK') && range?.[1] === this.#text.length && !this.#text.endsWith('\n');
    return isCutOff && text.endsWith('\n') ? text.slice(0, -1) : text;
  }
}

function isMergeKey(key: unknown): boolean {
  return isScalar(key) && key.value === '<<' && (key.type === 'PLAIN' || key.tag === `${YAML_TAG}merge`);
}

/** Returns the part of all nodes that aliases may make up: less, the more nodes there are. */
function mostOfAliases(nodes: number): number {
  const [few, many] = [400_000, 4_000_000];
  const share = Math.min(1, Math.max(0, (nodes - few) / (many - few)));
  return 0.99 - 0.89 * share;
}
