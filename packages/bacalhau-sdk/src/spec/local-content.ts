import type { InputSource, SpecConfig } from 'bacalhau-apiclient';
import { isRecord } from '../util/index.js';
import type { JobInput } from './job-input.js';

/** Local data that a job was given, whichever way it takes to the nodes. */
export interface LocalContent {
  readonly kind: 'file' | 'folder';
  /** Of the file, or of the folder's tar, in hexadecimal. */
  readonly sha256: string;
  /** Where the job finds it, if the target of its input is only the folder. */
  readonly path?: string | undefined;
  /** What the nodes read it from, if this process serves it. */
  readonly server?: ContentServer | undefined;
}

/** A server of this process, from which nodes read an input. */
export interface ContentServer {
  readonly url: string;
  close(): void;
}

/**
 * The key under which a source keeps what its data was made of: two sources with the same content may have different params,
 * since gzip differs between runtimes. A symbol, because a spread copies it, while JSON leaves it out.
 */
const CONTENT = Symbol.for('bacalhau-sdk/local-content');

/** Returns a source that counts by its content, for as long as it has these params. */
export function withLocalContent(source: SpecConfig, content: LocalContent): SpecConfig {
  const kept = { [CONTENT]: { ...content, params: source.Params } };
  return { ...source, ...kept };
}

/** Returns what stands for a part of a job in its fingerprint. */
export function identityOf(part: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const content = contentOf(part);
  if (content !== undefined) return { Kind: content['kind'], SHA256: content['sha256'] };
  const source = part['Source'];
  const path = isRecord(source) ? contentOf(source)?.['path'] : undefined;
  return path === undefined ? part : { ...part, Target: path };
}

/** Returns an input with the path that the job finds it at as its target, if it is a file that this process serves. */
export function atItsPath(input: InputSource): InputSource {
  const { path, server } = contentOf({ ...input.Source }) ?? {};
  return isServer(server) && typeof path === 'string' ? { ...input, Target: path } : input;
}

/** Returns the servers of this process that the inputs of a job are read from. */
export function serversOf({ Tasks }: JobInput): readonly ContentServer[] {
  const sources = Tasks.flatMap(({ InputSources }) => InputSources ?? []);
  return sources.flatMap(({ Source }) => {
    const server = contentOf({ ...Source })?.['server'];
    return isServer(server) ? [server] : [];
  });
}

const isServer = (value: unknown): value is ContentServer =>
  isRecord(value) && typeof value['url'] === 'string' && typeof value['close'] === 'function';

/** Returns whether a part of a job is a folder that was packed here: elsewhere the same folder has other bytes. */
export const isPackedFolder = (part: Readonly<Record<string, unknown>>): boolean =>
  contentOf(part)?.['kind'] === 'folder' && part['Type'] === 'inline';

function contentOf(part: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> | undefined {
  const content: unknown = CONTENT in part ? part[CONTENT] : undefined;
  return isRecord(content) && content['params'] === part['Params'] ? content : undefined;
}
