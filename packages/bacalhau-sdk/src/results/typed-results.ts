import type { Execution, SpecConfig } from 'bacalhau-apiclient';
import { toTyped } from './typed.js';
import type { JobResult } from './types.js';

/**
 * Results as the server lists them, typed by what published them. The server's items do not name their execution; where
 * `executions` of the job are given, each result gets the id of the one that published it.
 *
 * @example
 * ```ts
 * const { items } = await jobs.results(id);
 * for (const result of typedResults(items)) {
 *   if (result.type === 'url') console.log(result.url);
 * }
 * ```
 */
export function typedResults(
  items: readonly SpecConfig[],
  executions: readonly Pick<Execution, 'ID' | 'PublishedResult'>[] = [],
): JobResult[] {
  return toTyped(items, executions);
}
