import type { FilesVia } from '../uploads/index.js';

/** A file in memory or on disk, as browsers have it; `File` and `Blob` of Node, Deno and Bun, too. */
export interface FileLike {
  /** In bytes. */
  readonly size: number;
  /** Its name, in a list of files, with `/` if it is to be in a folder. */
  readonly name?: string;
  /** Its path in the folder that a person chose; the first part is the folder's name, which is left out. */
  readonly webkitRelativePath?: string;
  /** In milliseconds since 1970. */
  readonly lastModified?: number;
  /** Returns a part of it, which can be read. */
  slice(
    start: number,
    end: number,
  ): {
    /** Reads the part. */
    arrayBuffer(): Promise<ArrayBuffer>;
  };
}

/** A `FileSystemFileHandle` of a browser. */
export interface FileHandleLike {
  /** That it is of a file. */
  readonly kind: 'file';
  /** The file's name. */
  readonly name: string;
  /** Returns the file. */
  getFile(): Promise<FileLike>;
}

/** A `FileSystemDirectoryHandle` of a browser. */
export interface DirectoryHandleLike {
  /** That it is of a directory. */
  readonly kind: 'directory';
  /** The directory's name. */
  readonly name: string;
  /** Returns the handles of what is in it. */
  values(): AsyncIterable<FileHandleLike | DirectoryHandleLike>;
}

/**
 * A file or folder of this machine: its path or `file:` URL, or, in browsers, what a person chose: a `File` or a handle of
 * one; a `FileList`, or another list of files, which is a folder; or the handle of a directory.
 */
export type LocalFiles = string | URL | FileLike | ArrayLike<FileLike> | FileHandleLike | DirectoryHandleLike;

/** What was passed, by its kind, and how messages name it. */
export type LocalSource = { readonly name: string } & (
  | { readonly kind: 'path'; readonly path: string | URL }
  | { readonly kind: 'directoryHandle'; readonly handle: DirectoryHandleLike }
  | { readonly kind: 'fileHandle'; readonly handle: FileHandleLike }
  | { readonly kind: 'file'; readonly file: FileLike }
  | { readonly kind: 'files'; readonly files: readonly FileLike[] }
);

/** How a file or folder is sent. */
export interface FilesInput {
  /** Where the job finds it: the absolute path that the file, or the folder, will have. */
  readonly target: string;
  /** Another name of it, unique in the job. Default: none. */
  readonly alias?: string | undefined;
  /**
   * Which files of a folder to send, as patterns of a `.gitignore` file: `*.csv` anywhere, `/*.csv` at the top, `src/` a
   * folder. A pattern that matches no file is an error. Default: all.
   */
  readonly include?: readonly string[] | undefined;
  /** Which files and folders not to send, as patterns of a `.gitignore` file. Default: none. */
  readonly exclude?: readonly string[] | undefined;
  /**
   * How the data gets to the nodes: by a bucket, by an IPFS node, or from this process. It is brought there when the job is
   * submitted. Default: inside the job, which is for small data.
   *
   * @example { s3: { bucket: 'data', region: 'eu-central-1' } }
   */
  readonly via?: FilesVia | undefined;
}
