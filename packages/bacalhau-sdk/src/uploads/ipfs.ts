import { InvalidJobError } from '../errors/index.js';
import { httpBase, quoteAddress } from '../external/index.js';
import { quoteName } from '../model/index.js';
import { isRecord, randomHex, utf8 } from '../util/index.js';
import type { DataToUpload, HashedFile, UploadContext, UploadedData } from './data.js';
import { oneAtATime } from './one-at-a-time.js';
import { Progress } from './progress.js';
import { type Content, counted, Store } from './store.js';
import type { IpfsUpload } from './types.js';

const DEFAULT_FOLDER = '/bacalhau-inputs';

/**
 * Adds files to an IPFS node. Its file system (MFS) has an entry named by the hash of the content, which is written last: what
 * is there is complete, and is not sent again.
 */
export async function uploadToIpfs(
  data: DataToUpload,
  settings: IpfsUpload,
  context: UploadContext,
): Promise<UploadedData> {
  const { headers = {}, folder = DEFAULT_FOLDER, onProgress, maxRetries, stallTimeoutMs } = settings;
  const { transport, deadline } = context;
  const base = checkIpfs(settings);
  const progress = new Progress(onProgress, data.size);
  const store = new Store({
    ...{ transport, deadline, progress, maxRetries, stallTimeoutMs },
    // A node answers with it whatever is wrong.
    retries500: false,
    name: `${quoteName(data.name)} to the IPFS node`,
    adviceIfRefused: 'It refuses this client. Check its API.Authorizations, and pass via.ipfs.headers.',
  });
  store.secrets.addHeaders(headers);
  const call = async (
    command: string,
    query: Readonly<Record<string, string>> | readonly string[],
    options: CallOptions = {},
  ) => {
    const url = `${base}/api/v0/${command}?${queryOf(query)}`;
    const type = options.type === undefined ? {} : { 'content-type': options.type };
    return store.send(async () => ({ method: 'POST', url, headers: { ...headers, ...type } }), options);
  };
  /** A folder and a file may have one hash: that of a tar. */
  const entry = `${folder}/${data.kind}-${data.sha256}`;
  const find = async (): Promise<string | undefined> => {
    const { status, text } = await call('files/stat', { arg: entry }, { accepts: [500] });
    const cid = status === 200 ? cidIn(text, 'Hash') : undefined;
    if (cid !== undefined) return cid;
    if (status === 500 && /does not exist|no link named/i.test(text)) return undefined;
    throw store.unexpected(`it responded to files/stat with ${status} (${quoteName(text.trim().slice(0, 200))}).`);
  };
  try {
    const cid = await oneAtATime(`${base} ${entry}`, deadline.signal, async () => {
      const present = await find();
      if (present !== undefined) {
        progress.present(data.size);
        return present;
      }
      const boundary = `bacalhau-${randomHex(16)}`;
      const { text } = await call('add', addQuery(data), {
        content: multipart(data, boundary),
        type: `multipart/form-data; boundary=${boundary}`,
      });
      const added = rootOf(text, data);
      if (added === undefined) throw store.unexpected('it did not say which content it has added.');
      await data.checkUnchanged();
      await call('files/mkdir', { arg: folder, parents: 'true' });
      const copied = await call('files/cp', [`/ipfs/${added}`, entry], { accepts: [500] });
      // Another program may have been faster.
      if (copied.status === 500 && (await find()) !== added)
        throw store.unexpected(`it could not refer to ${added} by ${entry}.`);
      return added;
    });
    progress.end();
    return { source: { Type: 'ipfs', Params: { CID: cid } }, target: data.target };
  } catch (error) {
    throw store.redacted(error);
  }
}

/** Of one argument and options, or of several arguments. */
const queryOf = (query: Readonly<Record<string, string>> | readonly string[]): URLSearchParams =>
  isList(query)
    ? new URLSearchParams(query.map((arg): [string, string] => ['arg', arg]))
    : new URLSearchParams({ ...query });

const isList = (query: object): query is readonly string[] => Array.isArray(query);

/**
 * Checks where data is to be added.
 *
 * @returns what the URLs of the node begin with.
 * @throws {InvalidJobError}
 */
export function checkIpfs({ api, folder = DEFAULT_FOLDER }: IpfsUpload): string {
  const base = httpBase(api);
  if (base === undefined) {
    throw new InvalidJobError(
      'via.ipfs.api',
      `is ${quoteAddress(api)}. Pass a URL without a user name and a query, such as http://127.0.0.1:5001, and credentials in via.ipfs.headers.`,
    );
  }
  if (!/^(\/[^/]+)+$/.test(folder) || folder.split('/').some((part) => part === '.' || part === '..')) {
    throw new InvalidJobError('via.ipfs.folder', `is ${quoteName(folder)}. Pass an absolute path, such as /inputs.`);
  }
  return base;
}

interface CallOptions {
  readonly content?: Content;
  readonly type?: string;
  readonly accepts?: readonly number[];
}

/** Not pinned: the entry that refers to it keeps it. */
const addQuery = ({ kind }: DataToUpload): Readonly<Record<string, string>> => ({
  'cid-version': '1',
  'raw-leaves': 'true',
  pin: 'false',
  progress: 'false',
  'wrap-with-directory': String(kind === 'folder'),
});

/** Makes a form with the files. Its length is known before they are read. */
function multipart({ files, size, kind }: DataToUpload, boundary: string): Content {
  const headOf = ({ path }: HashedFile): Uint8Array =>
    utf8(
      `--${boundary}\r\nContent-Disposition: form-data; name="file"; filename="${kind === 'file' ? 'file' : encodeURIComponent(path)}"\r\nContent-Type: application/octet-stream\r\n\r\n`,
    );
  const lineEnd = utf8('\r\n');
  const end = utf8(`--${boundary}--\r\n`);
  const around = files.reduce((sum, file) => sum + headOf(file).length + lineEnd.length, 0);
  return {
    size: size + around + end.length,
    async *read(count) {
      for (const file of files) {
        yield headOf(file);
        yield* counted(file.read(), count);
        yield lineEnd;
      }
      yield end;
    },
  };
}

/** Finds the content id of what was added: of the folder around the files, which has no name, or of the file. */
function rootOf(text: string, { kind }: DataToUpload): string | undefined {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  for (const line of lines) {
    const added = parse(line);
    if (isRecord(added) && added['Name'] === (kind === 'folder' ? '' : 'file')) return cidIn(line, 'Hash');
  }
  return undefined;
}

function cidIn(text: string, field: string): string | undefined {
  const found = parse(text);
  const cid = isRecord(found) ? found[field] : undefined;
  return typeof cid === 'string' && /^[a-z0-9]{1,256}$/i.test(cid) ? cid : undefined;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
