import type { SpecConfig } from 'bacalhau-apiclient';
import type { Deadline, Transport } from '../http/index.js';
import type { ByteRange, LocalFile } from '../platform/index.js';
import type { ContentServer } from '../spec/index.js';

/** A part of a file that is uploaded by itself. */
export interface HashedPart extends ByteRange {
  readonly sha256: Uint8Array;
}

export interface HashedFile extends LocalFile {
  /** Those that S3 is sent; other ways need none, and have none. */
  readonly parts: readonly HashedPart[];
}

/** Files as they were found. */
export interface FoundData {
  readonly kind: 'file' | 'folder';
  /** How messages name it. */
  readonly name: string;
  /** Where the job finds it. */
  readonly target: string;
}

/** Files, read once. */
export interface DataToUpload extends FoundData {
  /** In bytes, all files together. */
  readonly size: number;
  /** Of the file, or of the folder's tar, in hexadecimal. */
  readonly sha256: string;
  readonly files: readonly HashedFile[];
  /** @throws {InvalidJobError} if a file is not as it was found. */
  checkUnchanged(): Promise<void>;
}

/** The client that data is uploaded with, and what ends it. */
export interface UploadContext {
  readonly transport: Transport;
  /** Of reading and sending the data. */
  readonly deadline: Deadline;
}

/** Where the nodes find what was uploaded. */
export interface UploadedData {
  readonly source: SpecConfig;
  readonly target: string;
  /** Where the job finds it, if that is not the target. */
  readonly path?: string | undefined;
  /** What the nodes read it from, if it is this process. */
  readonly server?: ContentServer | undefined;
}
