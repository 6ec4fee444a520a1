import { type ApiResource, type CallOptions, requireServer } from '../http/index.js';

/** Checks that the server has versions of jobs, which came with their names. */
export function requireJobVersions(
  { transport }: ApiResource,
  operation: string,
  { signal, timeoutMs }: CallOptions,
): Promise<void> {
  const advice = 'Older servers identify a job by its id only and keep one version of it.';
  return requireServer(transport, '1.8.0', operation, advice, { signal, timeoutMs });
}
