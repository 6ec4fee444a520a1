/** One thing that another description of the API, or a server, says differently from ours. */
export interface Difference {
  /** Where: an endpoint, such as `GET /api/v1/agent/alive`, or a model, such as `Job`. */
  readonly subject: string;
  /** `+` is only there, `-` is only in ours, `~` is otherwise. */
  readonly sign: '+' | '-' | '~';
  /** What, such as `query parameter limit: integer`. */
  readonly what: string;
  /** More to read about what is new. */
  readonly details?: readonly string[];
}

/** As it is printed, and as the list of the known ones has it. */
export const lineOf = ({ sign, what }: Difference): string => `${sign} ${what}`;
