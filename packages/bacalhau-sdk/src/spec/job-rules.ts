import { describeType } from '../arguments/index.js';
import { isAtLeast, type ServerRelease } from '../model/index.js';
import { isRecord } from '../util/index.js';
import type { JobProblem } from './find-problems.js';
import { quote } from './quote.js';

type Entries = Readonly<Record<string, unknown>>;

interface RuleOptions {
  /** The server's release; undefined for the newest. */
  readonly serverRelease?: ServerRelease | undefined;
}

/**
 * Finds what a server would refuse, or accept and then never run, in a job whose fields are known and have the right types:
 * values that do not fit each other, and texts of a certain form.
 */
export function* findRuleViolations(job: Entries, options: RuleOptions): Generator<JobProblem> {
  const { Type, Count, Constraints, Tasks } = job;
  if (typeof Count === 'number' && Count > 1 && (Type === 'ops' || Type === 'daemon')) {
    yield {
      field: 'Job.Count',
      problem: `is ${Count}, but a job of type ${Type} runs on every node that matches. Remove the count.`,
    };
  }
  for (const [index, constraint] of records(Constraints))
    yield* findInConstraint(constraint, `Job.Constraints[${index}]`);
  const tasks = records(Tasks);
  if (tasks.length === 0) yield { field: 'Job.Tasks', problem: 'is empty. Pass an array with one task.' };
  if (tasks.length > 1) {
    yield {
      field: 'Job.Tasks',
      problem: `has ${tasks.length} tasks, but servers run only the first. Submit a job for each task.`,
    };
  }
  for (const [index, task] of tasks) yield* findInTask(task, `Job.Tasks[${index}]`, options);
}

/** Servers accept a constraint with too few or too many values, and then never schedule the job. */
function* findInConstraint({ Operator, Values }: Entries, field: string): Generator<JobProblem> {
  const count = Array.isArray(Values) ? Values.length : 0;
  const least = Operator === 'exists' || Operator === '!' ? 0 : 1;
  const most = Operator === 'in' || Operator === 'notin' ? Number.POSITIVE_INFINITY : least;
  if (count >= least && count <= most) return;
  const expected = most === 0 ? 'no value' : least === most ? 'exactly one value' : 'at least one value';
  yield { field: `${field}.Values`, problem: `has ${count} entries, but ${Operator} takes ${expected}.` };
}

function* findInTask(task: Entries, field: string, options: RuleOptions): Generator<JobProblem> {
  const { Engine, InputSources, ResultPaths, Resources, Env, Network, Timeouts } = task;
  if (isRecord(Engine)) yield* findInEngine(Engine, `${field}.Engine`);
  const inputs = records(InputSources);
  for (const [index, input] of inputs) yield* findInInput(input, `${field}.InputSources[${index}]`);
  yield* findDuplicate(inputs, 'Target', `${field}.InputSources`);
  yield* findDuplicate(inputs, 'Alias', `${field}.InputSources`);
  const outputs = records(ResultPaths);
  for (const [index, { Path }] of outputs) yield* findRelativePath(Path, `${field}.ResultPaths[${index}].Path`);
  yield* findDuplicate(outputs, 'Path', `${field}.ResultPaths`);
  yield* findDuplicate(outputs, 'Name', `${field}.ResultPaths`);
  if (isRecord(Resources)) yield* findInResources(Resources, `${field}.Resources`);
  if (isRecord(Env)) yield* findInEnv(Env, `${field}.Env`, options);
  if (isRecord(Network)) yield* findInNetwork(Network, `${field}.Network`);
  if (isRecord(Timeouts)) yield* findInTimeouts(Timeouts, `${field}.Timeouts`);
}

function* findInEngine(engine: Entries, field: string): Generator<JobProblem> {
  if (typeOf(engine) !== 'docker') return;
  const { workingdirectory: directory, environmentvariables: variables } = paramsOf(engine);
  if (directory !== '') yield* findRelativePath(directory, `${field}.Params.WorkingDirectory`);
  if (!Array.isArray(variables)) return;
  const reserved = variables.find((variable) => /^BACALHAU_/i.test(String(variable)));
  if (reserved === undefined) return;
  yield {
    field: `${field}.Params.EnvironmentVariables`,
    problem: `has ${quote(reserved)}, and names that begin with BACALHAU_ are reserved. Choose another name.`,
  };
}

function* findInInput({ Source, Target }: Entries, field: string): Generator<JobProblem> {
  yield* findRelativePath(Target, `${field}.Target`);
  if (!isRecord(Source)) return;
  const type = typeOf(Source);
  const params = `${field}.Source.Params`;
  const { url, sourcepath: path, partition } = paramsOf(Source);
  if (type === 'inline' && typeof url === 'string' && !url.startsWith('data:')) {
    yield {
      field: `${params}.URL`,
      problem: `is ${quote(url)}, not a data: URL. Pass what wasm(), inputs.files() or job.asInput() returned instead of a copy by JSON or structuredClone, or copy the result of its toJob().`,
    };
  }
  if (type === 'urldownload' && typeof url === 'string' && !/^https?:\/\/[^/]+\/./i.test(url.trim())) {
    yield {
      field: `${params}.URL`,
      problem: `is ${quote(url)}. Pass an http: or https: URL of a file.`,
    };
  }
  if (type === 'local' || type === 'localdirectory') {
    if (typeof path === 'string' && path.startsWith('file:')) {
      yield {
        field: `${params}.SourcePath`,
        problem: `is the URL ${quote(path)}. Pass an absolute path on the nodes.`,
      };
    } else yield* findRelativePath(path, `${params}.SourcePath`);
  }
  if (type === 's3' && isRecord(partition)) yield* findInPartition(partition, `${params}.Partition`);
}

function* findInPartition(partition: Entries, field: string): Generator<JobProblem> {
  const { type, pattern, dateformat, startindex: start = 0, endindex: end = 0 } = inLowerCase(partition);
  if (type === 'regex' && isBlank(pattern)) {
    yield { field: `${field}.Pattern`, problem: 'is missing. Pass a regular expression.' };
  }
  if (type === 'date' && isBlank(dateformat)) {
    yield { field: `${field}.DateFormat`, problem: 'is missing. Pass a format of Go, such as "2006-01-02".' };
  }
  if (type === 'substring' && Number(end) <= Number(start)) {
    yield {
      field: `${field}.EndIndex`,
      problem: `is ${quote(end)}. Use a number above StartIndex, which is ${quote(start)}.`,
    };
  }
}

const CPU = /^(\d+\.?\d*|\.\d+)m?$/;
const BYTES = /^[\d.,]*\d[\d.,]*([kmgtpe]i?)?b?$/;
const RESOURCES: Readonly<Record<string, { readonly form: RegExp; readonly example: string }>> = {
  CPU: { form: CPU, example: '"500m" or "2"' },
  Memory: { form: BYTES, example: '"512MB"' },
  Disk: { form: BYTES, example: '"1GB"' },
  GPU: { form: /^\d+$/, example: '"1"' },
};

function* findInResources(resources: Entries, field: string): Generator<JobProblem> {
  for (const [name, { form, example }] of Object.entries(RESOURCES)) {
    const amount = resources[name];
    if (typeof amount !== 'string') continue;
    const text = amount.toLowerCase().replace(/[ \n]/g, '');
    if (text === '' || form.test(text)) continue;
    yield { field: `${field}.${name}`, problem: `is ${quote(amount)}. Pass for example ${example}.` };
  }
}

const VARIABLE = /^\p{L}[\p{L}\p{Nd}_]*$/u;

/** Since 1.6.4 servers want capital letters. */
function* findInEnv(env: Entries, field: string, { serverRelease }: RuleOptions): Generator<JobProblem> {
  const isStrict = isAtLeast(serverRelease, '1.6.4');
  for (const [name, value] of Object.entries(env)) {
    if (isStrict && !(VARIABLE.test(name) && name === name.toUpperCase())) {
      yield {
        field: `${field}.${name}`,
        problem: 'is not a name that servers accept. Use capital letters, digits and _, beginning with a letter.',
      };
    } else if (name.startsWith('BACALHAU_')) {
      yield {
        field: `${field}.${name}`,
        problem: 'begins with BACALHAU_, which is reserved. Choose another name.',
      };
    } else if (value === '') yield { field: `${field}.${name}`, problem: 'is "". Pass a string that is not empty.' };
  }
}

/** Returns whether only servers before 1.6.4 accept the names of a job's variables. */
export function hasOldVariableNames(job: unknown): boolean {
  if (!isRecord(job)) return false;
  return records(job['Tasks']).some(
    ([, { Env }]) => isRecord(Env) && Object.keys(Env).some((name) => name !== name.toUpperCase()),
  );
}

const DOMAIN = /\b([a-z0-9]+(-[a-z0-9]+)*\.)+[a-z]{2,}\b/;
const IP_ADDRESS = /^(\d{1,3}(\.\d{1,3}){3}|[\da-f:.]*:[\da-f:.]*)$/i;

function* findInNetwork({ Type, Domains, Ports }: Entries, field: string): Generator<JobProblem> {
  const type = typeof Type === 'string' ? Type.trim().toLowerCase() : 'default';
  const domains = Array.isArray(Domains) ? Domains.map(String) : [];
  if (domains.length > 0 && type !== 'http') {
    yield {
      field: `${field}.Domains`,
      problem: `are for the network type HTTP, not ${quote(Type)}. Set Type to HTTP.`,
    };
  }
  for (const [index, domain] of domains.entries()) {
    const text = domain.trim().toLowerCase();
    if (DOMAIN.test(text) || IP_ADDRESS.test(text)) continue;
    yield { field: `${field}.Domains[${index}]`, problem: `is ${quote(domain)}. Use a domain or an IP address.` };
  }
  const ports = records(Ports);
  if (ports.length > 0 && type !== 'host' && type !== 'bridge' && type !== 'full') {
    yield { field: `${field}.Ports`, problem: `are for the network types Host and Bridge, not ${quote(Type)}.` };
  }
  for (const [index, port] of ports) yield* findInPort(port, `${field}.Ports[${index}]`, type);
  yield* findDuplicate(ports, 'Name', `${field}.Ports`);
}

function* findInPort({ Name, Static, Target }: Entries, field: string, type: string): Generator<JobProblem> {
  if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(String(Name))) {
    yield { field: `${field}.Name`, problem: `is ${quote(Name)}. Use letters, digits and _, as for a variable.` };
  }
  if (typeof Static === 'number' && Static !== 0 && Static < 1_024) {
    yield { field: `${field}.Static`, problem: `is ${Static}. Use a port from 1024 to 65535.` };
  }
  if (typeof Target === 'number' && Target !== 0 && type !== 'bridge') {
    yield { field: `${field}.Target`, problem: 'is for the network type Bridge. Remove it.' };
  }
}

function* findInTimeouts(timeouts: Entries, field: string): Generator<JobProblem> {
  const { ExecutionTimeout = 0, QueueTimeout = 0, TotalTimeout = 0 } = timeouts;
  const parts = Number(ExecutionTimeout) + Number(QueueTimeout);
  if (Number(TotalTimeout) === 0 || parts <= Number(TotalTimeout)) return;
  yield {
    field: `${field}.TotalTimeout`,
    problem: `is ${TotalTimeout}, but ExecutionTimeout and QueueTimeout are ${parts} together. Use ${parts} or more.`,
  };
}

function* findDuplicate(
  items: readonly (readonly [number, Entries])[],
  name: string,
  field: string,
): Generator<JobProblem> {
  const seen = new Set<unknown>();
  for (const [index, item] of items) {
    const value = item[name];
    if (isBlank(value)) continue;
    if (seen.has(value)) {
      yield { field: `${field}[${index}].${name}`, problem: `is ${quote(value)}, as that of another. Use each once.` };
    }
    seen.add(value);
  }
}

function* findRelativePath(path: unknown, field: string): Generator<JobProblem> {
  if (typeof path !== 'string' || path.trim().startsWith('/')) return;
  yield { field, problem: `is ${quote(path)}. Pass an absolute path, beginning with "/".` };
}

/** Returns the objects of a list, with their places. */
const records = (list: unknown): readonly (readonly [number, Entries])[] =>
  Array.isArray(list) ? [...list.entries()].filter((entry): entry is [number, Entries] => isRecord(entry[1])) : [];

const typeOf = ({ Type }: Entries): string =>
  typeof Type === 'string' ? Type.trim().toLowerCase() : describeType(Type);

/** Returns params by their names in lower case: nodes ignore the case. */
const paramsOf = ({ Params }: Entries): Entries => (isRecord(Params) ? inLowerCase(Params) : {});

const inLowerCase = (entries: Entries): Entries =>
  Object.fromEntries(Object.entries(entries).map(([name, value]) => [name.toLowerCase(), value]));

const isBlank = (value: unknown): boolean => value === undefined || value === null || value === '';
