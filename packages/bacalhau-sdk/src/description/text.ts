import { harmlessLine } from '../errors/index.js';
import type { TypedResult } from '../model/index.js';
import { excerpt, type Secrets } from '../redaction/index.js';
import type { ExecutionDescription, JobDescription } from './types.js';

/** How much of a message or of what a program printed is shown, in UTF-16 units. */
const LONGEST = 2_048;

type Data = Omit<JobDescription, 'toString'>;
/** A name and what it is; without a text there is no such line. */
type Line = readonly [name: string, text: string | undefined];

/** Returns a description as text for people. Nothing in it was written by somebody who is trusted. */
export function textOf(job: Data, secrets: Secrets): string {
  const { id, name, namespace, type, count, state, reason, createdAt, executions } = job;
  const section = (title: string, lines: readonly Line[]): string =>
    [
      harmlessLine(title),
      ...lines.flatMap(([label, text]) => (text ? `  ${label.padEnd(9)}  ${shown(text)}` : [])),
    ].join('\n');
  // What follows on further lines is indented, so that it cannot look like a line of the description.
  const shown = (text: string): string =>
    excerpt(text.trimEnd(), secrets, LONGEST).replaceAll('\n', `\n${' '.repeat(13)}`);
  const title = `Job ${shown(id)}${name && name !== id ? ` (${shown(name)})` : ''}`;
  const wanted = count === undefined ? '' : `, ${count} ${count === 1 ? 'execution' : 'executions'}`;
  const sections = [
    section(title, [
      ['state', state],
      ['reason', reason],
      ['type', type && `${type}${wanted}`],
      ['namespace', namespace],
      ['submitted', createdAt?.toISOString()],
      ['queued', duration(job.queuedMs)],
      ['running', duration(job.runningMs)],
    ]),
    ...executions.map((execution) =>
      section(`Execution ${shown(execution.id)} on node ${shown(execution.nodeId)}`, linesOf(execution)),
    ),
  ];
  return sections.join('\n\n');
}

const linesOf = (execution: ExecutionDescription): Line[] => [
  ['state', execution.state],
  ['reason', execution.reason],
  ['exit code', execution.exitCode === undefined ? undefined : String(execution.exitCode)],
  ['queued', duration(execution.queuedMs)],
  ['running', duration(execution.runningMs)],
  ['result', execution.result && placeOf(execution.result)],
  ['stdout', execution.stdout],
  ['stderr', execution.stderr],
];

function placeOf(result: TypedResult): string {
  switch (result.type) {
    case 'url':
    case 's3PreSigned':
      // A signature is as good as a credential, and texts are logged.
      return result.url.replace(/\?.*$/s, '?…');
    case 's3':
      return `s3://${result.bucket}/${result.key}`;
    case 'ipfs':
      return `ipfs://${result.cid}`;
    default:
      return `of type ${result.spec.Type}`;
  }
}

const UNITS = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['min', 60_000],
  ['s', 1_000],
] as const;

/** Returns a duration in its two largest units. */
function duration(ms: number | undefined): string | undefined {
  if (ms === undefined) return undefined;
  const at = UNITS.findIndex(([, size]) => ms >= size);
  const [unit, size] = UNITS[at] ?? ['ms', 1];
  const next = UNITS[at + 1];
  if (at < 0) return `${ms} ms`;
  if (next === undefined) return `${(ms / 1_000).toFixed(1)} s`;
  const rest = Math.floor((ms % size) / next[1]);
  return `${Math.floor(ms / size)} ${unit}${rest > 0 ? ` ${rest} ${next[0]}` : ''}`;
}
