/** A body that is no JSON. */
export class TextBody {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

/** axios would quietly hand out the text of what it cannot parse. */
export function parseBody(body: unknown): unknown {
  if (typeof body !== 'string') return body;
  try {
    return JSON.parse(body);
  } catch {
    return new TextBody(body);
  }
}
