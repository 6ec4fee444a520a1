import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface SeenS3Request {
  readonly method: string;
  readonly key: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingMessage['headers'];
  /** How many bytes of its body arrived. */
  bytes: number;
}

/** What happens to a request instead: an answer, or a broken connection after so many bytes. `slow`: it is read in small steps. */
export type S3Fault =
  | { readonly status: number; readonly body?: string }
  | { readonly breakAfter: number }
  | 'silence'
  | 'slow';

export interface FakeS3 extends AsyncDisposable {
  readonly url: string;
  readonly objects: ReadonlyMap<string, Buffer>;
  readonly seen: SeenS3Request[];
  /** The bytes that arrived in bodies since the last look. */
  received(): number;
}

const BUCKET = '/data/';

type Answer = readonly [status: number, body: string, headers: Readonly<Record<string, string>>];

const sha256Of = (bytes: Buffer): Buffer => createHash('sha256').update(bytes).digest();

/** An S3 store in memory, for the faults that a real one cannot be told to have. */
export async function fakeS3(
  faultOf: (request: SeenS3Request) => S3Fault | undefined = () => undefined,
): Promise<FakeS3> {
  const objects = new Map<string, Buffer>();
  const uploads = new Map<string, { key: string; parts: Map<number, Buffer> }>();
  const seen: SeenS3Request[] = [];
  let looked = 0;
  const xml = (body: string): Answer => [200, `<?xml version="1.0"?>${body}`, {}];
  const store = ({ method, key, query, headers }: SeenS3Request, body: Buffer): Answer => {
    const announced = headers['x-amz-content-sha256'];
    if (method === 'PUT' && announced !== sha256Of(body).toString('hex')) {
      return [400, '<Error><Code>XAmzContentSHA256Mismatch</Code></Error>', {}];
    }
    const upload = uploads.get(query.get('uploadId') ?? '');
    const prefix = query.get('prefix') ?? '';
    if (method === 'GET' && query.has('uploads')) {
      const begun = [...uploads].filter(([, one]) => one.key.startsWith(prefix));
      const list = begun.map(([id, one]) => `<Upload><Key>${one.key}</Key><UploadId>${id}</UploadId></Upload>`);
      return xml(`<ListMultipartUploadsResult>${list.join('')}</ListMultipartUploadsResult>`);
    }
    if (method === 'GET' && upload !== undefined) {
      const list = [...upload.parts].map(
        ([number, part]) =>
          `<Part><PartNumber>${number}</PartNumber><ETag>"${number}"</ETag><Size>${part.length}</Size><ChecksumSHA256>${sha256Of(part).toString('base64')}</ChecksumSHA256></Part>`,
      );
      return xml(`<ListPartsResult><IsTruncated>false</IsTruncated>${list.join('')}</ListPartsResult>`);
    }
    if (method === 'GET') {
      const listed = [...objects].filter(([name]) => name.startsWith(prefix));
      const list = listed.map(
        ([name, { length }]) => `<Contents><Key>${encodeURIComponent(name)}</Key><Size>${length}</Size></Contents>`,
      );
      return xml(
        `<ListBucketResult><EncodingType>url</EncodingType><IsTruncated>false</IsTruncated>${list.join('')}</ListBucketResult>`,
      );
    }
    if (method === 'POST' && query.has('uploads')) {
      const id = `upload-${seen.length}`;
      uploads.set(id, { key, parts: new Map() });
      return xml(`<InitiateMultipartUploadResult><UploadId>${id}</UploadId></InitiateMultipartUploadResult>`);
    }
    if (method === 'POST' && upload !== undefined) {
      const parts = [...upload.parts].sort(([one], [other]) => one - other).map(([, part]) => part);
      objects.set(upload.key, Buffer.concat(parts));
      uploads.delete(query.get('uploadId') ?? '');
      return xml('<CompleteMultipartUploadResult></CompleteMultipartUploadResult>');
    }
    if (upload === undefined) objects.set(key, body);
    else upload.parts.set(Number(query.get('partNumber')), body);
    return [200, '', { etag: `"${query.get('partNumber') ?? 'e'}"` }];
  };
  const server = createServer((request, response) => {
    response.on('error', () => undefined);
    request.on('error', () => undefined);
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://store');
    const { method = '', headers } = request;
    const key = decodeURIComponent(pathname.slice(BUCKET.length));
    const one: SeenS3Request = { method, key, query: searchParams, headers, bytes: 0 };
    seen.push(one);
    const fault = faultOf(one);
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => {
      chunks.push(chunk);
      one.bytes += chunk.length;
      if (typeof fault === 'object' && 'breakAfter' in fault && one.bytes >= fault.breakAfter) request.destroy();
      if (fault === 'slow') {
        request.pause();
        setTimeout(() => request.resume(), 1);
      }
    });
    request.on('end', () => {
      if (fault === undefined || fault === 'slow') {
        const [status, body, answered] = store(one, Buffer.concat(chunks));
        response.writeHead(status, answered).end(body);
      } else if (typeof fault === 'object' && 'status' in fault) response.writeHead(fault.status).end(fault.body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    objects,
    seen,
    received() {
      const fresh = seen.slice(looked);
      looked = seen.length;
      return fresh.filter(({ method }) => method === 'PUT').reduce((sum, { bytes }) => sum + bytes, 0);
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
