import type { Document, isScalar, visit } from 'yaml';

/**
 * Finds a key that occurs twice in a mapping, and returns its position in the text. The parser's own check compares each
 * key with all others, which takes minutes for a file that was made for that: turn it off (`uniqueKeys`).
 */
export function duplicateKey(
  document: Document,
  yaml: { readonly visit: typeof visit; readonly isScalar: typeof isScalar },
): { readonly key: string; readonly offset: number } | undefined {
  let found: { readonly key: string; readonly offset: number } | undefined;
  yaml.visit(document, {
    Map(_, { items }) {
      const keys = new Set<unknown>();
      for (const { key } of items) {
        if (!yaml.isScalar(key)) continue;
        if (key.value !== '<<' && keys.has(key.value)) {
          found = { key: String(key.value), offset: key.range?.[0] ?? 0 };
          return yaml.visit.BREAK;
        }
        keys.add(key.value);
      }
      return undefined;
    },
  });
  return found;
}
