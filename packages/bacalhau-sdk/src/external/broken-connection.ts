/** A connection to a host that is not the orchestrator could not be opened, or broke. `code` is the system's. */
export class BrokenConnection extends Error {
  readonly code: string | undefined;

  constructor(message: string, code: string | undefined) {
    super(message);
    this.code = code;
  }
}
