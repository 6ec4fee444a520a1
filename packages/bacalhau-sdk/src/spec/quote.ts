/** Writes a value as an error message quotes it. */
export function quote(value: unknown): string {
  try {
    return JSON.stringify(value) ?? String(value);
  } catch {
    return String(value); // A BigInt or a cycle.
  }
}
