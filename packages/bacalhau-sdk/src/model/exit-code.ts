/** What servers write for a WebAssembly program that returned without setting an exit code. */
const NOT_SET = -1;

/** Returns the exit code of an execution that completed: a program that returns without setting one has succeeded. */
export const exitCodeOf = (written: number | undefined): number =>
  written === undefined || written === NOT_SET ? 0 : written;
