/** What may be wrong with a field of a job, in words, and the way out. Loaded when something is wrong. */
const MISSING = 'is missing.';

export const noObject = 'is no object.';
export const noRequest = `${noObject} Give { Job: {…} }.`;
export const noJob = `${MISSING} Give { Job: {…} }; the names of fields start with a capital letter, as in Bacalhau’s documentation.`;
export const noType = `${MISSING} Use batch, ops, service or daemon.`;

export const noCount = (count: unknown): string => `is ${show(count)}. Use a whole number from 0 up.`;
export const countOfEvery = (count: number, type: string): string =>
  `is ${count}, but a job of type ${type} runs on every node that matches. Leave it out.`;

export const noConstraints = 'is no array.';
export const noConstraint = `${noObject} Give { Key, Operator, Values }.`;
export const noKey = `${MISSING} Name the label of the nodes.`;
export const noOperator = (operator: unknown, known: readonly string[]): string =>
  `is ${show(operator)}. Use one of ${known.join(' ')}, in small letters.`;
export function values(count: number, operator: string, least: number, most: number): string {
  const wanted = most === 0 ? 'no value' : least === most ? 'exactly one value' : 'at least one value';
  return `has ${count} entries, but ${operator} takes ${wanted}.`;
}

export const noTasks = `${MISSING} Give an array with one task.`;
export const manyTasks = (count: number): string =>
  `holds ${count} tasks. Servers run the first one only; submit a job for each.`;
export const noTaskName = `${MISSING} Give the task a name, for example main.`;
export const noEngine = `${MISSING} Give for example { Type: "docker", Params: { Image: "ubuntu" } }.`;
export const noEngineType = `${MISSING} Use docker or wasm.`;
export const numericResource = (amount: number): string =>
  `is the number ${amount}. Resources are texts, such as "500m" or "1GB".`;
export const variableName = 'is no name that servers take. Use capital letters, digits and _, a letter first.';
export const reservedVariable = 'begins with BACALHAU_, which is reserved.';
export const variable = (content: unknown): string => `is ${show(content)}. Values are texts that are not empty.`;

export const tooLarge = (size: number, largest: number): string =>
  `has ${size} bytes; nodes can be sent ${largest}. Give large inputs by url, s3, ipfs or a path on the nodes, or compress them.`;
/** What JSON cannot hold, such as a circle or a BigInt. */
export function noJson(error: unknown): string {
  const [reason] = error instanceof Error ? error.message.split('\n') : [String(error)];
  return `cannot be written as JSON: ${reason}.`;
}

function show(value: unknown): string {
  try {
    return JSON.stringify(value) ?? String(value);
  } catch {
    return String(value); // A bigint.
  }
}
