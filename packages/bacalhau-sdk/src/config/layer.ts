import type { NamedValue } from '../platform/index.js';

/** Where a setting came from; `config.yaml` and profiles are those of the Bacalhau command line. */
export type ConfigSource = 'option' | 'environment' | 'profile' | 'config.yaml' | 'default';

/** The settings of one source; the first source that has a setting wins. */
export interface Layer {
  readonly source: ConfigSource;
  readonly host?: NamedValue<string> | undefined;
  readonly port?: NamedValue<string | number> | undefined;
  readonly https?: boolean | undefined;
  readonly ca?: readonly string[] | undefined;
  readonly caFile?: string | undefined;
  readonly insecure?: boolean | undefined;
  readonly dir?: string | undefined;
  readonly logLevel?: NamedValue<string> | undefined;
}

export const named = <T>(name: string, value: T | undefined): NamedValue<T> | undefined =>
  value === undefined ? undefined : { name, value };
