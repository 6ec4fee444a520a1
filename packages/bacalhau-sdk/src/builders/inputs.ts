import type { InputSource } from 'bacalhau-apiclient';
import { type FilesInput, type LocalFiles, loadLocalData, toLocalSource } from '../local-data/index.js';
import type { ResultInputOf, ResultToRead } from '../result-inputs/index.js';
import { completeAtSubmission, type S3Partition } from '../spec/index.js';
import { base64, defined, utf8 } from '../util/index.js';
import { checkSettings, FLAG, object, requiredText, type SettingRules, text, textList } from './check-settings.js';
import { resultInput } from './result-input.js';
import { checkOneWay, VIA } from './via.js';

/** A file that is sent along with the job. */
export interface InlineInput {
  /** The file's content, up to about 700 kB. */
  readonly content: string | Uint8Array;
  /** With `application/gzip` the content must be a tar.gz and is unpacked at `target`. Default: plain bytes. */
  readonly mediaType?: string | undefined;
  /** Where the job finds it: an absolute path. */
  readonly target: string;
  /** Another name of it, unique in the job. Default: none. */
  readonly alias?: string | undefined;
}

/** A file or folder on the nodes. */
export interface LocalInput {
  /** A path on the nodes, which they must allow. */
  readonly path: string;
  /** Whether the job may write to it. Default: false. */
  readonly readWrite?: boolean | undefined;
  /** What to make if there is nothing; needs `readWrite`. Default: `noCreate`, where the job fails. */
  readonly createAs?: 'dir' | 'file' | 'noCreate' | undefined;
  /** Where the job finds it: an absolute path. */
  readonly target: string;
  /** Another name of it, unique in the job. Default: none. */
  readonly alias?: string | undefined;
}

/** A file that the nodes download. */
export interface UrlInput {
  /** An `http:` or `https:` URL. Its last segment is the file's name in the folder `target`. */
  readonly url: string;
  /** Where the job finds it: an absolute path. */
  readonly target: string;
  /** Another name of it, unique in the job. Default: none. */
  readonly alias?: string | undefined;
}

/** Objects in S3, or in a compatible store. */
export interface S3Input {
  /** The bucket's name. */
  readonly bucket: string;
  /** An object, a folder ending in `/`, or a prefix ending in `*`. */
  readonly key?: string | undefined;
  /** For example `eu-central-1`. Default: the nodes' own. */
  readonly region?: string | undefined;
  /** The URL of a store other than Amazon's. */
  readonly endpoint?: string | undefined;
  /** A regular expression that the rest of a key, after the prefix, must match. */
  readonly filter?: string | undefined;
  /** The version of an object, in a bucket with versioning. */
  readonly versionId?: string | undefined;
  /** SHA-256 of the object in base64; the node refuses other content. */
  readonly checksumSha256?: string | undefined;
  /** How objects are distributed among the executions of a job with a count above 1. Servers from 1.7 on. */
  readonly partition?: S3Partition | undefined;
  /** Where the job finds it: an absolute path. */
  readonly target: string;
  /** Another name of it, unique in the job. Default: none. */
  readonly alias?: string | undefined;
}

/** A file or folder in IPFS. */
export interface IpfsInput {
  /** Its content id. */
  readonly cid: string;
  /** Where the job finds it: an absolute path. */
  readonly target: string;
  /** Another name of it, unique in the job. Default: none. */
  readonly alias?: string | undefined;
}

const TARGET = requiredText('an absolute path, where the job finds it');
const ALIAS = text('a name');

const INLINE: SettingRules<InlineInput> = {
  content: {
    expected: 'a string or a Uint8Array',
    // Anything else, an ArrayBuffer too, would make an empty file.
    matches: (value) => typeof value === 'string' || value instanceof Uint8Array,
    isRequired: true,
  },
  mediaType: text('a media type, such as "application/gzip"'),
  target: TARGET,
  alias: ALIAS,
};
const FILES: SettingRules<FilesInput> = {
  target: TARGET,
  alias: ALIAS,
  include: textList("['*.csv']"),
  exclude: textList("['node_modules/']"),
  via: VIA,
};
const LOCAL: SettingRules<LocalInput> = {
  path: requiredText('a path on the nodes'),
  readWrite: FLAG,
  createAs: text('"dir", "file" or "noCreate"'),
  target: TARGET,
  alias: ALIAS,
};
const URL_DOWNLOAD: SettingRules<UrlInput> = {
  url: requiredText('a URL as a string'),
  target: TARGET,
  alias: ALIAS,
};
const S3: SettingRules<S3Input> = {
  bucket: requiredText('the name of the bucket'),
  key: text('the key of an object, a folder ending in "/", or a prefix ending in "*"'),
  region: text('a region, such as "eu-central-1"'),
  endpoint: text('the URL of the store'),
  filter: text('a regular expression as a string'),
  versionId: text('the id of the version'),
  checksumSha256: text('the SHA-256 in base64'),
  partition: object('for example { Type: "object" }'),
  target: TARGET,
  alias: ALIAS,
};
const IPFS: SettingRules<IpfsInput> = {
  cid: requiredText('a content id'),
  target: TARGET,
  alias: ALIAS,
};

/**
 * Inputs of a job.
 *
 * @example
 * ```ts
 * docker({ image: 'alpine', parameters: ['cat', '/in.txt'], inputs: [inputs.inline({ content: 'hello', target: '/in.txt' })] });
 * ```
 */
export const inputs = {
  /**
   * Sends a file along with the job.
   *
   * @throws {InvalidJobError} if a setting is missing, has the wrong type, or its name is not known; so do the others.
   */
  inline(settings: InlineInput): InputSource {
    checkSettings(settings, INLINE, {
      builder: 'inputs.inline',
      example: '{ content: "hello", target: "/in.txt" }',
    });
    const { content, mediaType = 'application/octet-stream' } = settings;
    const bytes = typeof content === 'string' ? utf8(content) : content;
    return inputSource('inline', { URL: `data:${mediaType};base64,${base64(bytes)}` }, settings);
  },
  /**
   * Sends a file or a folder of this machine along with the job: up to 750 kB of a file, or of the tar.gz that a folder
   * becomes, in which no file may have more than 10 MiB. Larger data goes by S3, by IPFS or from this process: `via`.
   *
   * It is read when the job is submitted, each time. A job counts as the same as an earlier one if the content is the same: the
   * folder may be elsewhere, its files newer.
   *
   * All files and folders get the mode 0755, and no time or owner. Empty folders are left out. Links are replaced by what they
   * lead to; one that leads out of the folder is an error.
   *
   * @param path its path, relative to the working directory, or its `file:` URL. In browsers a `File`, a `FileList` (a folder)
   * or a handle.
   * @throws {InvalidJobError} now if a setting is wrong; at submission if nothing can be read there, no file matches a pattern of
   * `include`, files change while they are read, or they are too large.
   * @throws {UploadError} at submission if what `via` names cannot be reached, or refuses.
   *
   * @example
   * ```ts
   * docker({ image: 'python:3', parameters: ['python', '/app/main.py'], inputs: [inputs.files('./src', { target: '/app' })] });
   * ```
   */
  files(path: LocalFiles, settings: FilesInput): InputSource {
    const source = toLocalSource(path);
    checkSettings(settings, FILES, { builder: 'inputs.files', example: '{ target: "/data" }' });
    const { target, alias, via, ...patterns } = settings;
    const unread = inputSource('inline', { URL: source.name }, { target, alias });
    checkOneWay(via);
    return completeAtSubmission(unread, async (input, context) => {
      const { inlineFiles, uploadFiles } = await loadLocalData();
      if (via === undefined) return inlineFiles(input, source, patterns, context);
      return uploadFiles(input, source, { ...patterns, via }, context);
    });
  },
  /** Mounts a file or folder that is on the nodes already. */
  local(settings: LocalInput): InputSource {
    checkSettings(settings, LOCAL, { builder: 'inputs.local', example: '{ path: "/data", target: "/data" }' });
    const { path, readWrite, createAs } = settings;
    // The older name of the source, which servers before 1.8 know as well.
    return inputSource('localDirectory', { SourcePath: path, ReadWrite: readWrite, CreateAs: createAs }, settings);
  },
  /** Has the nodes download a file. */
  url(settings: UrlInput): InputSource {
    checkSettings(settings, URL_DOWNLOAD, {
      builder: 'inputs.url',
      example: '{ url: "https://example.org/a.csv", target: "/in" }',
    });
    return inputSource('urlDownload', { URL: settings.url }, settings);
  },
  /** Has the nodes fetch objects from S3, with their own credentials. */
  s3(settings: S3Input): InputSource {
    checkSettings(settings, S3, { builder: 'inputs.s3', example: '{ bucket: "data", key: "a/*", target: "/in" }' });
    const { bucket, key, region, endpoint, filter, versionId, checksumSha256, partition } = settings;
    const place = { Bucket: bucket, Key: key, Region: region, Endpoint: endpoint };
    const choice = { Filter: filter, VersionID: versionId, ChecksumSHA256: checksumSha256, Partition: partition };
    return inputSource('s3', { ...place, ...choice }, settings);
  },
  /** Has the nodes fetch a file or folder from IPFS. */
  ipfs(settings: IpfsInput): InputSource {
    checkSettings(settings, IPFS, { builder: 'inputs.ipfs', example: '{ cid: "Qm…", target: "/in" }' });
    return inputSource('ipfs', { CID: settings.cid }, settings);
  },
  /**
   * Has the nodes read the result of another job where it was published, with their own access: nothing passes through this
   * machine. `job.asInput()` also waits for the job.
   *
   * The result of the publishers `ipfs`, and `s3` with the encoding `plain`, is files: an output `out` is the folder `out` in
   * `target`. That of `local`, and of `s3` otherwise, arrives packed, and the job has to unpack it: `as: 'archive'` says that it
   * does. Results of `s3managed` cannot be read by nodes.
   *
   * @param result an entry of `typedResults`, or what `jobs.run` returned, if it has a single result.
   * @throws {InvalidJobError} if a setting is wrong, nodes cannot read the result, or it is packed and `as` does not say so.
   *
   * @example
   * ```ts
   * const first = await bacalhau.jobs.run(words); // published with publishers.ipfs()
   * docker({ image: 'ubuntu', parameters: ['sort', '/in/out/words'], inputs: [inputs.result(first, { target: '/in' })] });
   * ```
   */
  result<Result extends ResultToRead>(result: Result, settings: ResultInputOf<Result>): InputSource {
    return resultInput(result, settings);
  },
} as const;

const inputSource = (
  type: string,
  params: Readonly<Record<string, unknown>>,
  { target, alias }: { readonly target: string; readonly alias?: string | undefined },
): InputSource => ({
  Source: { Type: type, Params: defined(params) },
  Target: target,
  ...(alias !== undefined && { Alias: alias }),
});
