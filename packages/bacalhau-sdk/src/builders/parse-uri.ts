import type { InputSource, SpecConfig } from 'bacalhau-apiclient';
import { findUnknownName } from '../arguments/index.js';
import { InvalidJobError } from '../errors/index.js';
import { quote } from '../spec/index.js';
import { inputs } from './inputs.js';
import { publishers } from './publishers.js';

/** Where the CLI puts an input without a target. */
const DEFAULT_TARGET = '/inputs';
/** How the CLI's user may call the two parts. */
const SOURCE = ['source', 'src'] as const;
const TARGET = ['target', 'dst', 'destination'] as const;

/**
 * Parses an input as the CLI takes it for `--input`: a URI, a colon and the target, and options after commas.
 * `s3://bucket/key:/in,opt=region=eu-central-1`, or `src=s3://bucket/key,dst=/in`.
 *
 * @throws {InvalidJobError} naming the setting and saying what is wrong.
 */
export function parseInput(text: string, field: string): InputSource {
  const { first, named, options } = partsOf(text, field, [...SOURCE, ...TARGET]);
  const { uri, target = DEFAULT_TARGET } = first === undefined ? sourceOf(named) : splitTarget(first);
  const place = firstOf(named, TARGET) ?? target;
  if (!place.startsWith('/')) {
    throw invalid(field, `has the target ${quote(place)}. Pass an absolute path, beginning with "/".`);
  }
  return inputOf({ uri, target: place, options, field });
}

const sourceOf = (named: ReadonlyMap<string, string>): { readonly uri: string; readonly target?: string } => ({
  uri: firstOf(named, SOURCE) ?? '',
});

/** Splits at the last colon, unless it is that of the scheme or of a port. */
function splitTarget(text: string): { readonly uri: string; readonly target?: string } {
  const at = text.lastIndexOf(':');
  const target = text.slice(at + 1);
  return at < 0 || target.startsWith('//') || /^\d+(\/|$)/.test(target)
    ? { uri: text }
    : { uri: text.slice(0, at), target };
}

interface Input {
  readonly uri: string;
  readonly target: string;
  readonly options: Options;
  readonly field: string;
}

type Options = ReadonlyMap<string, string>;

function inputOf({ uri, target, options, field }: Input): InputSource {
  const { scheme, host, path } = addressOf(uri);
  switch (scheme) {
    case 'ipfs':
      checkOptionNames(options, [], field);
      if (path !== '') throw invalid(field, `names a path in ${quote(uri)}. Pass the content id only.`);
      return inputs.ipfs({ cid: host, target });
    case 'http':
    case 'https':
      checkOptionNames(options, [], field);
      return inputs.url({ url: uri, target });
    case 's3': {
      const names = ['region', 'endpoint', 'filter', ...VERSION, ...CHECKSUM];
      checkOptionNames(options, names, field);
      return inputs.s3({
        ...{ bucket: host, key: path.replace(/^\/+/, ''), target },
        ...{ region: options.get('region'), endpoint: options.get('endpoint'), filter: options.get('filter') },
        ...{ versionId: firstOf(options, VERSION), checksumSha256: firstOf(options, CHECKSUM) },
      });
    }
    case 'file':
      checkOptionNames(options, READ_WRITE, field);
      return inputs.local({ path: host + path, target, readWrite: flagOf(firstOf(options, READ_WRITE), field) });
    default:
      throw invalid(field, `is ${quote(uri)}. Pass a URI that begins with s3://, ipfs://, https:// or file:///.`);
  }
}

const VERSION = ['versionID', 'version-id', 'version_id'] as const;
const CHECKSUM = ['checksum-256', 'checksum256', 'checksum_256'] as const;
const READ_WRITE = ['rw', 'read-write', 'read_write', 'readwrite'] as const;

/**
 * Parses a publisher as the CLI takes it for `--publisher`: `local`, `ipfs`, `s3managed`, or
 * `s3://bucket/key,opt=region=eu-central-1`.
 *
 * @throws {InvalidJobError} naming the setting and saying what is wrong.
 */
export function parsePublisher(text: string, field: string): SpecConfig {
  const { first, named, options } = partsOf(text, field, TARGET);
  const uri = first ?? firstOf(named, TARGET) ?? '';
  const { scheme, host, path } = /^\w+$/.test(uri) ? { scheme: uri, host: '', path: '' } : addressOf(uri);
  if (scheme !== 's3') checkOptionNames(options, [], field);
  switch (scheme) {
    case 'local':
      return publishers.local();
    case 'ipfs':
      return publishers.ipfs();
    case 's3managed':
      return publishers.s3Managed();
    case 's3':
      checkOptionNames(options, ['bucket', 'key', 'region', 'endpoint', 'encoding'], field);
      return publishers.s3({
        ...{ bucket: options.get('bucket') ?? host, key: options.get('key') ?? path.replace(/^\/+/, '') },
        ...{ region: options.get('region'), endpoint: options.get('endpoint') },
        ...{ encoding: encodingOf(options.get('encoding'), field) },
      });
    default:
      throw invalid(field, `is ${quote(text)}. Pass local, ipfs, s3managed or s3://bucket/key.`);
  }
}

function encodingOf(encoding: string | undefined, field: string): 'gzip' | 'plain' | undefined {
  if (encoding === undefined || encoding === 'gzip' || encoding === 'plain') return encoding;
  throw invalid(field, `has the encoding ${quote(encoding)}. Use gzip or plain.`);
}

function flagOf(value: string | undefined, field: string): boolean | undefined {
  if (value === undefined) return undefined;
  if (/^(1|t|T|true|True|TRUE)$/.test(value)) return true;
  if (/^(0|f|F|false|False|FALSE)$/.test(value)) return false;
  throw invalid(field, `has the option ${quote(value)}. Use true or false.`);
}

const firstOf = (options: Options, names: readonly string[]): string | undefined =>
  names.map((name) => options.get(name)).find((value) => value !== undefined);

/** Splits at commas: what comes first, and `key=value` pairs. */
function partsOf(
  text: string,
  field: string,
  names: readonly string[],
): { readonly first: string | undefined; readonly named: Options; readonly options: Options } {
  if (/["'\n]/.test(text)) throw invalid(field, `is ${quote(text)}, with quotes. Pass an object instead.`);
  const parts = text.split(',').map((part) => part.trim());
  const [head = ''] = parts;
  const first = head.includes('=') ? undefined : head;
  const named = new Map<string, string>();
  const options = new Map<string, string>();
  for (const part of first === undefined ? parts : parts.slice(1)) {
    const [key, value] = splitPair(part);
    const name = key.toLowerCase();
    if (value === undefined) throw invalid(field, `has ${quote(part)}. Pass key=value after a comma.`);
    if (name === 'opt' || name === 'option') options.set(...pairOf(value));
    else if (names.includes(name)) named.set(name, value);
    else throw invalid(field, `has ${quote(part)}. Pass opt=name=value, or one of ${names.join(', ')}.`);
  }
  return { first, named, options };
}

function splitPair(text: string): readonly [key: string, value: string | undefined] {
  const at = text.indexOf('=');
  return at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)];
}

const pairOf = (text: string): [string, string] => {
  const [key, value = ''] = splitPair(text);
  return [key, value];
};

/** Splits a URI without changing it: `URL` would escape the braces and stars of keys. */
function addressOf(uri: string): { readonly scheme: string; readonly host: string; readonly path: string } {
  const [, scheme = '', host = '', path = ''] = /^([a-z][a-z0-9+.-]*):\/\/([^/]*)(.*)$/is.exec(uri) ?? [];
  return { scheme: scheme.toLowerCase(), host, path };
}

function checkOptionNames(options: Options, known: readonly string[], field: string): void {
  const unknown = findUnknownName(Object.fromEntries(options), known);
  if (unknown === undefined) return;
  const advice = known.length === 0 ? 'It takes none.' : unknown.advice;
  throw invalid(field, `has the option ${quote(unknown.name)}, which is not known. ${advice}`);
}

const invalid = (field: string, problem: string): InvalidJobError => new InvalidJobError(field, problem);
