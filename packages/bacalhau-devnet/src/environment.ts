/**
 * Returns the environment for a child process: this process's own, without variables whose names begin with one of the
 * prefixes, plus `more`.
 */
export function childEnv(
  options: { readonly without?: readonly string[]; readonly more?: Readonly<Record<string, string>> } = {},
): Record<string, string> {
  const env: Record<string, string> = {};
  for (const [name, value] of Object.entries(process.env)) {
    if (value !== undefined && !options.without?.some((prefix) => name.startsWith(prefix))) env[name] = value;
  }
  return { ...env, ...options.more };
}

/** Returns the variables whose names begin with a prefix. */
export function envWithPrefix(env: Readonly<Record<string, string>>, prefix: string): Record<string, string> {
  return Object.fromEntries(Object.entries(env).filter(([name]) => name.startsWith(prefix)));
}
