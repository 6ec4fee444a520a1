import type { Constraint, Job } from 'bacalhau-apiclient';
import { type Demand, DIMENSIONS } from './demand.js';
import type { NodeOffer } from './node-offer.js';

/** Constraints on labels with this prefix are preferences: a node that does not meet them may run the job. */
const PREFERENCE = 'favour_';

/** What of a job decides which nodes can run it. */
export type Requirements = Pick<Job, 'Tasks' | 'Constraints' | 'Count'>;

/**
 * Whether a node could run a job if it were idle; true where that is not known. The rules are the scheduler's
 * (pkg/orchestrator/selection/ranking, 1.9.3).
 */
export function isSuitable(job: Requirements, demand: Demand, node: NodeOffer): boolean {
  const task = job.Tasks[0];
  return (
    offers(node.engines, task?.Engine?.Type) &&
    offers(node.publishers, task?.Publisher?.Type) &&
    (task?.InputSources ?? []).every(({ Source }) => offers(node.storages, Source?.Type)) &&
    (job.Constraints ?? []).every((constraint) => meets(node.labels, constraint)) &&
    DIMENSIONS.every((dimension) => demand[dimension] <= node.jobLimit[dimension])
  );
}

const offers = (offered: readonly string[], wanted = ''): boolean =>
  wanted === '' || offered.includes(wanted.toLowerCase());

/** Whether labels meet a constraint, as in Kubernetes. Operators that are not known are left to the server. */
function meets(labels: Readonly<Record<string, string>>, { Key, Operator, Values }: Constraint): boolean {
  if (Key.startsWith(PREFERENCE)) return true;
  const label = labels[Key];
  const values = Values ?? [];
  switch (Operator) {
    case 'in':
    case '=':
    case '==':
      return label !== undefined && values.includes(label);
    case 'notin':
    case '!=':
      return label === undefined || !values.includes(label);
    case 'gt':
      return Number(label) > Number(values[0]);
    case 'lt':
      return Number(label) < Number(values[0]);
    case 'exists':
      return label !== undefined;
    case '!':
      return label === undefined;
    default:
      return true;
  }
}
