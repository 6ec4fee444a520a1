/** A difference between our description and another one, or a server. */
export interface Difference {
  /** An endpoint, such as `GET /api/v1/agent/alive`, or a model, such as `Job`. */
  readonly subject: string;
  /** `+` is only in the other, `-` is only in ours, `~` differs. */
  readonly sign: '+' | '-' | '~';
  /** What differs, such as `query parameter limit: integer`. */
  readonly what: string;
  /** Further lines that describe something new. */
  readonly details?: readonly string[];
}

/** Formats a difference as it is printed and as the list of known differences contains it. */
export const lineOf = ({ sign, what }: Difference): string => `${sign} ${what}`;
