import type { ConfigSource } from './resolve.js';

/** A setting by the name that its author knows it by. */
export interface Named<T> {
  readonly name: string;
  readonly value: T;
}

/** What one place says; the first place that says something wins. */
export interface Layer {
  readonly source: ConfigSource;
  readonly host?: Named<string> | undefined;
  readonly port?: Named<string | number> | undefined;
  readonly https?: boolean | undefined;
  readonly ca?: readonly string[] | undefined;
  readonly caFile?: string | undefined;
  readonly insecure?: boolean | undefined;
  readonly dir?: string | undefined;
  readonly logLevel?: Named<string> | undefined;
}

export const named = <T>(name: string, value: T | undefined): Named<T> | undefined =>
  value === undefined ? undefined : { name, value };
