import type { Bacalhau, JobHandle, ResultAccess, TypedResult } from 'bacalhau-sdk';
import { createContext } from 'preact';
import { useContext } from 'preact/hooks';

/** Returns the orchestrator that the page's address names: `?server=http://127.0.0.1:1234`. */
export function chosenServer(): string | undefined {
  return new URLSearchParams(location.search).get('server')?.trim() || undefined;
}

const Connection = createContext<Bacalhau | undefined>(undefined);
export const ConnectionProvider = Connection.Provider;

export function useBacalhau(): Bacalhau {
  const bacalhau = useContext(Connection);
  if (bacalhau === undefined) throw new Error('useBacalhau must be used inside a ConnectionProvider.');
  return bacalhau;
}

/**
 * Returns how this page reads results: those that compute nodes serve themselves come through the relay on the page's own
 * origin (see results-relay.ts), because nodes send no CORS headers.
 */
export function readingOf(job: JobHandle, results: readonly TypedResult[]): ResultAccess {
  const relay = `${location.origin}/results/${encodeURIComponent(job.id)}`;
  const hosts = results.flatMap((result) =>
    result.type === 'url' ? [[new URL(result.url).host, relay] as const] : [],
  );
  return { hosts: Object.fromEntries(hosts) };
}
