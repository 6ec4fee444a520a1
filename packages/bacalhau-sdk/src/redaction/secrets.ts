/** The secrets of a client, which `redact` replaces wherever they occur. */
export class Secrets {
  readonly values = new Set<string>();
  /** Whole `Authorization` headers. */
  readonly authorizations = new Set<string>();

  add(...values: readonly (string | undefined)[]): void {
    for (const value of values) if (value) this.values.add(value);
  }
}
