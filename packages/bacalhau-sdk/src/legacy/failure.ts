import type { JobEvent, JobHistory, ListedEvent } from 'bacalhau-apiclient/legacy';
import type { LegacyFailureCause } from './errors.js';
import type { LegacyRun } from './runs.js';

/**
 * Returns why a job failed. On servers up to 0.3.19 the states have only the last error, usually that the
 * requester no longer knows the failed node; the node's own message is in its event `ComputeError`.
 */
export function failureCauses(events: readonly ListedEvent[], runs: readonly LegacyRun[]): LegacyFailureCause[] {
  const sources = [
    ofEvents(events, 'ComputeError'),
    ofHistory(events),
    runs.filter(({ state }) => state === 'Failed').flatMap(({ nodeId, status }) => cause(nodeId, status)),
    ofEvents(events, 'Error'),
    ofEvents(events, 'InvalidRequest'),
    runs.filter(({ state }) => state === 'Error').flatMap(({ nodeId, status }) => cause(nodeId, status)),
  ];
  return distinct(sources.find((causes) => causes.length > 0) ?? []);
}

const ofEvents = (events: readonly ListedEvent[], name: JobEvent['EventName']): LegacyFailureCause[] =>
  events
    .filter(isJobEvent)
    .filter(({ EventName }) => EventName === name)
    .flatMap(({ SourceNodeID, Status }) => cause(SourceNodeID, Status));

const ofHistory = (events: readonly ListedEvent[]): LegacyFailureCause[] =>
  events
    .filter(isJobHistory)
    .filter(({ NewState, ExecutionState }) => (NewState ?? ExecutionState?.New) === 'Failed')
    .flatMap(({ NodeID, Comment }) => cause(NodeID, Comment));

const isJobEvent = (event: ListedEvent): event is JobEvent => 'EventName' in event;
const isJobHistory = (event: ListedEvent): event is JobHistory => 'Type' in event;

const cause = (nodeId: string | undefined, message: string | undefined): LegacyFailureCause[] =>
  message === undefined || message === '' ? [] : [{ nodeId, message }];

/** Removes duplicates: a node reports its failure twice. */
const distinct = (causes: readonly LegacyFailureCause[]): LegacyFailureCause[] => [
  ...new Map(causes.map((found) => [`${found.nodeId} ${found.message}`, found])).values(),
];
