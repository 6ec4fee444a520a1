import type { Execution } from 'bacalhau-apiclient';
import type { LogEntry } from './options.js';

/**
 * The copy in the execution's state. Servers under load lose even short output without saying so (seen on 1.9.3), so an
 * empty copy says nothing either.
 */
export function copiedOutput({ ID, RunOutput }: Pick<Execution, 'ID' | 'RunOutput'>): readonly LogEntry[] {
  return [
    { stream: 'stdout', text: RunOutput?.Stdout ?? '', executionId: ID, incomplete: true },
    { stream: 'stderr', text: RunOutput?.stderr ?? '', executionId: ID, incomplete: true },
  ];
}
