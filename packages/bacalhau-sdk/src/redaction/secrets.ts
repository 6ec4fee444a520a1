/** What of a client must not be told: `scrub` blacks it out. */
export class Secrets {
  readonly texts = new Set<string>();
  /** Whole `Authorization` headers. */
  readonly authorizations = new Set<string>();

  get isEmpty(): boolean {
    return this.texts.size + this.authorizations.size === 0;
  }

  add(...texts: readonly (string | undefined)[]): void {
    for (const text of texts) if (text) this.texts.add(text);
  }
}
