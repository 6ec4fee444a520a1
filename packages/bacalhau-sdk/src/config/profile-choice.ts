import { ConfigurationError } from '../errors/index.js';
import { type EnvironmentVariables, variable } from '../platform/index.js';

/** The profile that is selected by name, and where. */
export interface ProfileChoice {
  readonly name: string;
  readonly source: 'option' | 'environment';
}

export function profileChoice(option: string | undefined, env: EnvironmentVariables): ProfileChoice | undefined {
  if (option !== undefined) return { name: checkName(option, 'The option profile'), source: 'option' };
  const name = variable(env, 'BACALHAU_PROFILE');
  return name === undefined ? undefined : { name: checkName(name, 'BACALHAU_PROFILE'), source: 'environment' };
}

function checkName(name: string, who: string): string {
  const trimmed = name.trim();
  if (trimmed === '')
    throw new ConfigurationError(`${who} is empty. Set it to the name of a profile, or leave it out.`);
  if (/[\\/]|\.\.|\0/.test(trimmed)) {
    throw new ConfigurationError(`${who} is ${JSON.stringify(trimmed)}, which is a path. Use the name of a profile.`);
  }
  return trimmed;
}
