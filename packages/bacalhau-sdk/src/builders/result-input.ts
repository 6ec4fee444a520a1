import type { InputSource } from 'bacalhau-apiclient';
import { describeType } from '../arguments/index.js';
import { InvalidJobError } from '../errors/index.js';
import type { TypedResult } from '../model/index.js';
import { inputOfResult, isAddress, type ResultInput, type ResultToRead } from '../result-inputs/index.js';
import { isRecord } from '../util/index.js';
import { checkSettings, requiredText, type SettingRules, text, textByName } from './check-settings.js';

const RESULT: SettingRules<ResultInput> = {
  target: requiredText('an absolute path of a folder, where the job finds it'),
  alias: text('a name'),
  as: {
    ...text('"files" or "archive"'),
    expected: '"files" or "archive"',
    matches: (as) => as === 'files' || as === 'archive',
  },
  hosts: {
    ...textByName('{ "127.0.0.1:6001": "node-1.example.org:6001" }'),
    each: { expected: 'a host, host:port or a URL', matches: isAddress },
  },
};

/**
 * Makes an input of the result of another job.
 *
 * @throws {InvalidJobError} if nodes cannot read it, or it has another form than the job expects.
 */
export function resultInput(result: ResultToRead, settings: ResultInput): InputSource {
  checkSettings(settings, RESULT, { builder: 'inputs.result', example: '{ target: "/in" }' });
  return inputOfResult(singleResult(result), settings);
}

function singleResult(given: ResultToRead): TypedResult {
  if (!isRecord(given)) {
    throw new InvalidJobError('result', `must be a result, not ${describeType(given)}. ${RESULT_ADVICE}`);
  }
  if (isTypedResult(given)) return given;
  if (!Array.isArray(given.typedResults)) {
    throw new InvalidJobError('result', `has neither a type nor typedResults. ${RESULT_ADVICE}`);
  }
  const [first, ...others] = given.typedResults;
  if (first !== undefined && others.length === 0) return first;
  throw new InvalidJobError(
    'result',
    first === undefined
      ? 'is of a job that has published nothing. Set its publisher, for example publishers.ipfs().'
      : `has ${others.length + 1} results, one for each execution. Pass one of its typedResults for each input.`,
  );
}

const isTypedResult = (given: ResultToRead): given is TypedResult => 'type' in given;

const RESULT_ADVICE = 'Pass an entry of job.typedResults(), or what jobs.run or job.result returned.';
