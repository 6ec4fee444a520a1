/** A body that is not JSON. */
export class TextBody {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

/** Parses a body; axios itself would return what it cannot parse as a string. */
export function parseBody(body: unknown): unknown {
  if (typeof body !== 'string') return body;
  try {
    return JSON.parse(body);
  } catch {
    return new TextBody(body);
  }
}
