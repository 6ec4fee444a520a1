import { platform } from '#platform';
import { InvalidJobError, UploadError } from '../errors/index.js';
import { BrokenConnection, fetchExternal } from '../external/index.js';
import type { Transport } from '../http/index.js';
import { quoteName } from '../model/index.js';
import { type ByteRange, isLoopback } from '../platform/index.js';
import { isRecord, messageOf, onAbort, randomHex } from '../util/index.js';
import type { DataToUpload, FoundData, UploadContext, UploadedData } from './data.js';
import { splitTarget } from './target.js';
import type { ServeOptions } from './types.js';

/** How long the server of another process may take to answer, in milliseconds. */
const ANSWER_MS = 5_000;

/**
 * Checks whether nodes could fetch a file from this process.
 *
 * @throws {InvalidJobError}
 */
export async function checkServe(data: FoundData, { host }: ServeOptions, transport: Transport): Promise<void> {
  const { kind, name, target } = data;
  if (kind === 'folder') {
    throw new InvalidJobError(
      'via',
      `is serve, and ${quoteName(name)} is a folder: nodes do not unpack what they download. Pass via.s3 or via.ipfs, a single file, or an archive that the job unpacks.`,
    );
  }
  splitTarget(target);
  const { config } = await transport.resolved();
  const origin = originOf(host);
  if (isLoopback(origin) && !isLoopback(new URL(config.baseUrl))) {
    throw new InvalidJobError(
      'via.serve.host',
      `is ${quoteName(host)}, where only this machine finds it, and the nodes are elsewhere. Pass the address of this machine in their network.`,
    );
  }
}

/** @throws {InvalidJobError} if it is more than a host. */
function originOf(host: string): URL {
  const address = `http://${host.includes(':') && !host.startsWith('[') ? `[${host}]` : host}`;
  const origin = URL.canParse(address) ? new URL(address) : undefined;
  // Slashes and white space are not in what is parsed.
  if (origin !== undefined && origin.href === `http://${origin.hostname}/` && !/[\s/\\]/.test(host)) return origin;
  throw new InvalidJobError('via.serve.host', `is ${quoteName(host)}. Pass a name or an address without a port.`);
}

/** Serves a file from this process. */
export async function serve(
  data: DataToUpload,
  options: ServeOptions,
  { transport }: UploadContext,
): Promise<UploadedData> {
  const { name, target, sha256 } = data;
  const { host, port = 0, bindAddress = host } = options;
  const [file] = data.files;
  if (file === undefined) throw new TypeError('Only a file can be served.');
  const { fileName } = splitTarget(target);
  const path = `/${randomHex(32)}/${encodeURIComponent(fileName)}`;
  const read = (part: ByteRange) => unchanged(data, part, file.read(part, { reusesMemory: true }));
  try {
    const address = { host: bindAddress.replace(/^\[|\]$/g, ''), port };
    const server = await platform.serveFile({ path, size: file.size, etag: sha256, read }, address);
    const url = `http://${originOf(host).hostname}:${server.port}${path}`;
    const untilClosed = transport.startDeadline('inputs.files', undefined, undefined);
    const close = (): void => {
      removeListener();
      untilClosed.release();
      server.close();
    };
    const removeListener = onAbort(untilClosed.signal, close);
    return {
      source: { Type: 'urlDownload', Params: { URL: url } },
      // The node appends the name. Nodes refuse two inputs with one target, and two files may be in one folder.
      target: `${target.replace(/\/+$/, '')}/..`,
      path: target,
      server: { url, close },
    };
  } catch (error) {
    const code = isRecord(error) && typeof error['code'] === 'string' ? error['code'] : undefined;
    if (code === undefined) throw error;
    const where = `${bindAddress}${port === 0 ? '' : `:${port}`}`;
    throw new UploadError(
      `Cannot serve ${quoteName(name)} at ${where}: ${adviceFor(code, messageOf(error))}.`,
      { reason: 'not-served', code },
      { cause: error },
    );
  }
}

function adviceFor(code: string, message: string): string {
  switch (code) {
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return 'this machine has no such address. Set via.serve.bindAddress to one that it has, or to 0.0.0.0 for all';
    case 'EADDRINUSE':
      return 'the port is in use. Set another via.serve.port, or none';
    case 'EACCES':
      return 'the port needs the rights of an administrator. Set another via.serve.port, or none';
    default:
      return message;
  }
}

/** Gives the last of a file only if it is still the one that was hashed. */
async function* unchanged(
  { checkUnchanged }: DataToUpload,
  { start, end }: ByteRange,
  chunks: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array, void, undefined> {
  let left = end - start;
  for await (const chunk of chunks) {
    left -= chunk.length;
    if (left === 0) await checkUnchanged();
    yield chunk;
  }
}

/** Whether a file is still served at a URL, perhaps by another process. */
export async function isServed(transport: Transport, url: string, signal: AbortSignal | undefined): Promise<boolean> {
  try {
    return await transport.withDeadline('jobs.submit', { signal, timeoutMs: ANSWER_MS }, async (ending) => {
      const { status } = await fetchExternal(transport, { method: 'HEAD', url, headers: {} }, ending);
      return status === 200;
    });
  } catch (error) {
    if (signal?.aborted) throw error;
    if (error instanceof BrokenConnection || error instanceof Error) return false;
    throw error;
  }
}
