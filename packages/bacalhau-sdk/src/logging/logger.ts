/** Receives log lines. `console` is one, and so are the loggers of pino, winston and others. */
export interface Logger {
  /** Every request and response. */
  debug(message: string): void;
  /** Retries and logins. */
  info(message: string): void;
  /** Unexpected conditions, for example a certificate that is not checked. */
  warn(message: string): void;
  /** Errors that cannot be thrown; none so far. */
  error(message: string): void;
}

/** How much is logged, from nothing to everything; each level includes those before it. */
export type LogLevel = 'off' | 'error' | 'warn' | 'info' | 'debug';

/** From nothing to everything. */
export const LOG_LEVELS: readonly LogLevel[] = ['off', 'error', 'warn', 'info', 'debug'];

const ignore = (): void => undefined;

/**
 * Creates a logger that forwards lines up to `level`, without what `clean` removes. A target that throws does not affect
 * the call it reports on.
 */
export function createLogger(
  level: LogLevel,
  target: Logger,
  clean: (line: string) => string,
): Logger & { readonly level: LogLevel } {
  const emit = (severity: Exclude<LogLevel, 'off'>) => {
    if (LOG_LEVELS.indexOf(severity) > LOG_LEVELS.indexOf(level)) return ignore;
    return (message: string): void => {
      try {
        target[severity](`bacalhau-sdk: ${clean(message)}`);
      } catch {
        // A failure to log must not fail the call.
      }
    };
  };
  return { level, debug: emit('debug'), info: emit('info'), warn: emit('warn'), error: emit('error') };
}
