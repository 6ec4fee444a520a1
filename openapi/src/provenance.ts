import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';

/** The generator of the committed client. Every source of this version has the same jar. */
export const GENERATOR = {
  name: 'openapi-generator typescript-axios',
  version: '7.25.0',
  jarSha256: '41ce4f6b07f196676439d710759fa1ced7a08066d06ff1bf314681470289efae',
} as const;

/** A client in `packages/bacalhau-apiclient`: its document and the folder that it is generated into. */
export interface Client {
  readonly document: string;
  readonly output: string;
}

export const CLIENTS: readonly Client[] = [
  { document: 'openapi/bacalhau.yaml', output: 'packages/bacalhau-apiclient/src/generated/v1' },
  { document: 'openapi/bacalhau-legacy.yaml', output: 'packages/bacalhau-apiclient/src/generated/legacy' },
];

export const OPTIONS_FILE = 'openapi/generator.yaml';
export const TEMPLATES_FOLDER = 'openapi/templates';
export const PROVENANCE_FILE = 'packages/bacalhau-apiclient/provenance.json';

export interface Provenance {
  readonly generator: typeof GENERATOR;
  /** The SHA-256 of every file that the client is generated from, by path from the repository's root. */
  readonly inputs: Readonly<Record<string, string>>;
  /** The SHA-256 of every generated file. */
  readonly outputs: Readonly<Record<string, string>>;
}

export const sha256 = (content: Buffer): string => createHash('sha256').update(content).digest('hex');

function hashes(root: string, paths: readonly string[]): Record<string, string> {
  return Object.fromEntries([...paths].sort().map((path) => [path, sha256(readFileSync(join(root, path)))]));
}

function filesBelow(root: string, folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(root, join(entry.parentPath, entry.name)).split(sep).join('/'));
}

/** Returns the provenance of the files on disk. It contains no time and no machine, so it is reproducible. */
export function provenanceOf(root: string): Provenance {
  return {
    generator: GENERATOR,
    inputs: hashes(root, [
      ...CLIENTS.map((client) => client.document),
      OPTIONS_FILE,
      ...filesBelow(root, TEMPLATES_FOLDER),
    ]),
    outputs: hashes(
      root,
      CLIENTS.flatMap((client) => filesBelow(root, client.output)),
    ),
  };
}
