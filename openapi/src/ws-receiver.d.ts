// `ws` exports the class that reads frames, but its types leave it out.
import type { Writable } from 'node:stream';

declare module 'ws' {
  export class Receiver extends Writable {
    on(event: 'message', listener: (data: Buffer, isBinary: boolean) => void): this;
    on(event: string, listener: (...args: unknown[]) => void): this;
  }
}
