import type { Logger, LogLevel } from '../logging/index.js';
import type { ClientOptions } from './options.js';

/** Where the requests of a client are reported. */
export interface HooksParts {
  readonly options: Pick<ClientOptions, 'onRequest' | 'onResponse' | 'onRetry' | 'instrumentation'>;
  readonly logger: Logger & { readonly level: LogLevel };
}
