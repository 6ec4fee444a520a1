import { isUrlSegment } from '../arguments/index.js';
import { quoteName } from '../model/index.js';
import { isRecord } from '../util/index.js';
import type { ResponseBody } from './expected-response.js';

/** Returns what is wrong with a value that should have this shape, naming its path; undefined if it fits. */
type Shape = (value: unknown, path: string) => string | undefined;

const text: Shape = (value, path) => (typeof value === 'string' ? undefined : `${path} is not a string`);
const number: Shape = (value, path) => (typeof value === 'number' ? undefined : `${path} is not a number`);

/** An id that becomes a part of URLs, of paths and of messages. */
const identifier: Shape = (value, path) =>
  text(value, path) ??
  (value !== '' && isUrlSegment(String(value))
    ? undefined
    : `${path} is ${quoteName(String(value))}, which is not an id`);

const optional =
  (shape: Shape): Shape =>
  (value, path) =>
    value === undefined || value === null ? undefined : shape(value, path);

const arrayOf =
  (shape: Shape): Shape =>
  (value, path) => {
    if (!Array.isArray(value)) return `${path} is not an array`;
    return first(value.entries(), ([index, item]) => shape(item, `${path}[${index}]`));
  };

const record =
  (fields: Readonly<Record<string, Shape>>): Shape =>
  (value, path) => {
    if (!isRecord(value)) return `${path} is not an object`;
    return first(Object.entries(fields), ([name, shape]) => shape(value[name], `${path}.${name}`));
  };

const textValues: Shape = (value, path) => {
  if (!isRecord(value)) return `${path} is not an object`;
  return first(Object.entries(value), ([name, item]) => text(item, `${path}.${name}`));
};

function first<T>(items: Iterable<T>, check: (item: T) => string | undefined): string | undefined {
  for (const item of items) {
    const problem = check(item);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

// Only what the SDK reads itself: newer servers may have more, and what it does not read it passes on as it is.
const SPEC_CONFIG = record({ Type: optional(text), Params: optional(record({})) });
const JOB = record({
  ...{ ID: identifier, Name: optional(text), Namespace: optional(text), Type: optional(text) },
  ...{ Meta: optional(textValues), Labels: optional(textValues) },
  Tasks: arrayOf(record({ Engine: record({ Type: text }), Publisher: optional(SPEC_CONFIG) })),
  State: optional(record({ StateType: optional(text), Message: optional(text) })),
});
const EXECUTION = record({
  ...{ ID: text, JobID: text, NodeID: text, ComputeState: record({ StateType: number }) },
  RunOutput: optional(
    record({ Stdout: optional(text), stderr: optional(text), ExitCode: optional(number), ErrorMsg: optional(text) }),
  ),
  PublishedResult: optional(SPEC_CONFIG),
});
const EVENT = record({
  JobID: text,
  ExecutionID: optional(text),
  Event: record({ Message: text, Details: optional(textValues) }),
});
const NODE = record({
  Info: record({ NodeID: text, ComputeNodeInfo: optional(record({ Publishers: optional(arrayOf(text)) })) }),
});

/** Which job a call is about. */
export interface RequestedJob {
  /** Its id, the beginning of its id, or its name. */
  readonly id: string;
  /** In which a name was looked up. */
  readonly namespace: string;
  /** Its version, if a certain one was requested. */
  readonly version?: number | undefined;
}

/** Checks that a body is a job, the one that was requested, and with its own executions and events. */
export const jobProblem =
  (requested: RequestedJob) =>
  (body: ResponseBody): string | undefined => {
    const { Job: job, Executions, History } = body;
    const problem = JOB(job, 'Job');
    if (problem !== undefined || !isRecord(job)) return problem;
    if (!isRequested(job, requested)) return aboutAnother('Job.ID', job['ID'], requested);
    const { version = 0 } = requested;
    if (version !== 0 && job['Version'] !== version) return `Job.Version is not ${version}`;
    const own = { id: String(job['ID']), namespace: requested.namespace };
    return (
      (isRecord(Executions) ? executionsProblem(own)(Executions) : undefined) ??
      (isRecord(History) ? historyProblem(own)(History) : undefined)
    );
  };

/** Checks that a body lists executions of one job, the one that was requested. */
export const executionsProblem =
  (requested: RequestedJob) =>
  (body: ResponseBody): string | undefined =>
    list('Items', EXECUTION)(body) ?? otherJobProblem(body, requested);

/** Checks that a body lists events of one job, the one that was requested. */
export const historyProblem =
  (requested: RequestedJob) =>
  (body: ResponseBody): string | undefined =>
    list('Items', EVENT)(body) ?? otherJobProblem(body, requested);

/** Checks that a body lists versions of the job that was requested. */
export const versionsProblem =
  (requested: RequestedJob) =>
  (body: ResponseBody): string | undefined =>
    list('Items', JOB)(body) ??
    first(itemsOf(body).entries(), ([index, item]) =>
      isRequested(item, requested) ? undefined : aboutAnother(`Items[${index}].ID`, item['ID'], requested),
    );

/** Which jobs were asked for. */
export interface RequestedJobs {
  readonly namespace?: string | undefined;
  readonly labels?: readonly string[] | undefined;
}

/** Checks that a body lists jobs of the namespace and with the labels that were asked for. */
export const jobsProblem =
  ({ namespace, labels = [] }: RequestedJobs) =>
  (body: ResponseBody): string | undefined => {
    const wanted = labels.flatMap(equalities);
    return (
      list('Items', JOB)(body) ??
      first(itemsOf(body).entries(), ([index, item]) => {
        const { Namespace, Labels } = item;
        const isOther = namespace !== undefined && namespace !== '' && namespace !== '*' && Namespace !== namespace;
        if (isOther && Namespace !== undefined) return `Items[${index}].Namespace is not ${JSON.stringify(namespace)}`;
        const present = isRecord(Labels) ? Labels : {};
        return first(wanted, ([key, value]) =>
          present[key] === value ? undefined : `Items[${index}].Labels do not have ${key}=${value}`,
        );
      })
    );
  };

/** Checks that a body lists where results are. */
export const resultsProblem = (body: ResponseBody): string | undefined => list('Items', SPEC_CONFIG)(body);

/** Checks that a body lists nodes. */
export const nodesProblem = (body: ResponseBody): string | undefined => list('Nodes', NODE)(body);

/** Checks that a body is the node whose id, or the beginning of whose id, was requested. */
export const nodeProblem =
  (nodeId: string) =>
  ({ Node: node }: ResponseBody): string | undefined => {
    const problem = NODE(node, 'Node');
    if (problem !== undefined) return problem;
    const id = isRecord(node) && isRecord(node['Info']) ? node['Info']['NodeID'] : undefined;
    return String(id).startsWith(nodeId) ? undefined : `Node.Info.NodeID does not begin with ${JSON.stringify(nodeId)}`;
  };

/** Checks that a body describes the node that responds: itself, or before 1.6 the orchestrator's view of it. */
export const ownNodeProblem = (body: ResponseBody): string | undefined =>
  'Info' in body ? record({ NodeID: text })(body['Info'], 'Info') : text(body['NodeID'], 'NodeID');

/** Checks that a body has a string of this name. */
export const textProblem =
  (name: string) =>
  (body: ResponseBody): string | undefined =>
    text(body[name], name);

/** Checks that a body has an id. */
export const identifierProblem =
  (name: string) =>
  (body: ResponseBody): string | undefined =>
    identifier(body[name], name);

/** Checks that a rerun is one of the job that was requested. */
export const rerunProblem =
  (jobId: string) =>
  ({ JobID }: ResponseBody): string | undefined =>
    JobID === jobId ? undefined : `JobID is not ${JSON.stringify(jobId)}`;

const list =
  (name: string, item: Shape): ((body: ResponseBody) => string | undefined) =>
  (body) =>
    arrayOf(item)(body[name], name) ?? optional(text)(body['NextToken'], 'NextToken');

function itemsOf({ Items }: ResponseBody): readonly ResponseBody[] {
  return Array.isArray(Items) ? Items.filter(isRecord) : [];
}

/** Compares a job with the requested one: by a prefix of its id, and from 1.8 on by its exact name in its namespace. */
function isRequested({ ID, Name, Namespace }: ResponseBody, { id, namespace }: RequestedJob): boolean {
  if (typeof ID === 'string' && (isWholeId(id) ? ID === id : ID.startsWith(id))) return true;
  return Name === id && (Namespace === undefined || Namespace === namespace);
}

/**
 * Checks that all items belong to the requested job. Items have the whole id; a requested name cannot be compared, so then
 * all must agree.
 */
function otherJobProblem(body: ResponseBody, requested: RequestedJob): string | undefined {
  const items = itemsOf(body);
  const [one] = items;
  return first(items.entries(), ([index, { JobID, Job: job }]) => {
    const isNamed = isRecord(job) && typeof job['Name'] === 'string';
    const named = isNamed ? isRequested(job, requested) : !looksLikeId(requested.id);
    const isOwn = isRequested({ ID: JobID }, requested) || named;
    return isOwn && JobID === one?.['JobID'] ? undefined : aboutAnother(`Items[${index}].JobID`, JobID, requested);
  });
}

const aboutAnother = (path: string, found: unknown, { id }: RequestedJob): string =>
  `${path} is ${JSON.stringify(found)}, which is not of the requested job ${JSON.stringify(id)}`;

const UUID = '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}';
const isWholeId = (id: string): boolean => new RegExp(`^(j-)?${UUID}$`).test(id);
const looksLikeId = (id: string): boolean => /^(j-)?[0-9a-f]{8}(-|$)/.test(id);

/** Parses the selectors that require one value of a label. Others are left to the server. */
function equalities(selector: string): [string, string][] {
  return selector.split(',').flatMap((part): [string, string][] => {
    const [, key, value] = /^\s*([\w./-]+)\s*={1,2}\s*([\w.-]+)\s*$/.exec(part) ?? [];
    return key === undefined || value === undefined ? [] : [[key, value]];
  });
}
