/** Where log lines go. `console` is one, and so are the loggers of pino, winston and others. */
export interface Logger {
  /** Every request and answer. */
  debug(message: string): void;
  /** A call that is repeated; a login. */
  info(message: string): void;
  /** What may surprise, for example a certificate that is not checked. */
  warn(message: string): void;
  /** For what cannot be thrown; nothing so far. */
  error(message: string): void;
}

/** How much is logged, from silent to everything; each level contains those before it. */
export type LogLevel = 'off' | 'error' | 'warn' | 'info' | 'debug';

/** In this order. */
export const LOG_LEVELS: readonly LogLevel[] = ['off', 'error', 'warn', 'info', 'debug'];

const ignore = (): void => undefined;

/** A logger that passes on what `level` asks for. A target that throws does not disturb the call it reports on. */
export function createLogger(level: LogLevel, target: Logger): Logger & { readonly level: LogLevel } {
  const emit = (severity: Exclude<LogLevel, 'off'>) => {
    if (LOG_LEVELS.indexOf(severity) > LOG_LEVELS.indexOf(level)) return ignore;
    return (message: string): void => {
      try {
        target[severity](`bacalhau-sdk: ${message}`);
      } catch {
        // Logging must never be the reason why a job is not submitted.
      }
    };
  };
  return { level, debug: emit('debug'), info: emit('info'), warn: emit('warn'), error: emit('error') };
}
