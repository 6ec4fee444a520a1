import type { Constraint, Job, NodeInfo } from 'bacalhau-apiclient';
import { type Demand, DIMENSIONS } from './demand.js';

/** Constraints on labels with this prefix are wishes: a node that does not meet them may run the job. */
const WISH = 'favour_';

/**
 * Returns why a node cannot run a job however idle it is; undefined if nothing is known that speaks against it. The rules
 * are the scheduler's (pkg/orchestrator/selection/ranking, 1.9.3).
 */
export function unsuitability(job: Pick<Job, 'Tasks' | 'Constraints'>, demand: Demand, node: NodeInfo) {
  const { ComputeNodeInfo: offer, Labels } = node;
  const task = job.Tasks[0];
  if (offer === undefined || task === undefined) return undefined;
  const lacks = (offered: readonly string[] | null, wanted: string | undefined): boolean =>
    wanted !== undefined && wanted !== '' && !(offered ?? []).some((one) => equal(one, wanted));
  if (lacks(offer.ExecutionEngines, task.Engine?.Type)) return `it has no engine ${task.Engine?.Type}`;
  if (lacks(offer.Publishers, task.Publisher?.Type)) return `it has no publisher ${task.Publisher?.Type}`;
  const source = task.InputSources?.find(({ Source }) => lacks(offer.StorageSources, Source?.Type));
  if (source !== undefined) return `it cannot read inputs of type ${source.Source?.Type}`;
  const unmet = job.Constraints?.find((constraint) => !meets(Labels ?? {}, constraint));
  if (unmet !== undefined) return `its labels do not meet ${textOf(unmet)}`;
  const scarce = DIMENSIONS.find((dimension) => demand[dimension] > (offer.MaxJobRequirements?.[dimension] ?? 0));
  if (scarce === undefined) return undefined;
  const most = offer.MaxJobRequirements?.[scarce] ?? 0;
  return `it gives a job at most ${most} of ${scarce}, not ${demand[scarce]}`;
}

const equal = (one: string, other: string): boolean => one.toLowerCase() === other.toLowerCase();

const textOf = ({ Key, Operator, Values }: Constraint): string => [Key, Operator, ...(Values ?? [])].join(' ');

/** Whether labels meet a constraint, as in Kubernetes. Operators that are not known are left to the server. */
function meets(labels: Readonly<Record<string, string>>, { Key, Operator, Values }: Constraint): boolean {
  if (Key.startsWith(WISH)) return true;
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
