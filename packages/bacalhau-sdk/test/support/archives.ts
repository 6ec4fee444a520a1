import { gzipSync } from 'node:zlib';
import { packTar, type TarHeader } from 'modern-tar';

export type ArchiveEntry = Omit<Partial<TarHeader>, 'size'> & {
  readonly name: string;
  readonly content?: string | Uint8Array;
};

/** A TAR with the entries, whatever they are. */
export async function tarOf(entries: readonly ArchiveEntry[]): Promise<Buffer> {
  const tar = await packTar(
    entries.map(({ content = '', ...header }) => {
      const body = typeof content === 'string' ? Buffer.from(content) : content;
      return { header: { type: 'file' as const, ...header, size: body.length }, body: new Uint8Array(body) };
    }),
  );
  return Buffer.from(tar);
}

export const tarGzOf = async (entries: readonly ArchiveEntry[]): Promise<Buffer> => gzipSync(await tarOf(entries));
