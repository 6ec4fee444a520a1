import { nearestName } from '../arguments/index.js';
import { ConfigurationError } from '../errors/index.js';
import { isRecord } from '../util/index.js';
import { releaseOf } from './dialects.js';
import type { LegacyOptions } from './options.js';

const OWN_NAMES = ['serverVersion', 'payloadSigner'];

/**
 * Checks the options that only `LegacyJobs` has; `connect` checks the others.
 *
 * @throws {ConfigurationError} naming the option.
 */
export function checkLegacyOptions(options: LegacyOptions): void {
  if (!isRecord(options)) {
    throw new ConfigurationError('The options must be an object. Pass for example { host: "bacalhau.example.org" }.');
  }
  for (const name of Object.keys(options)) {
    const suggestion = nearestName(name, OWN_NAMES);
    if (suggestion === undefined || OWN_NAMES.includes(name)) continue;
    throw new ConfigurationError(`There is no option ${JSON.stringify(name)}. Did you mean ${suggestion}?`);
  }
  const { serverVersion, payloadSigner } = options;
  if (serverVersion !== undefined && (typeof serverVersion !== 'string' || releaseOf(serverVersion) === undefined)) {
    throw new ConfigurationError(
      `The option serverVersion is ${JSON.stringify(serverVersion)}. Use a version such as v0.3.16.`,
    );
  }
  if (payloadSigner !== undefined && !isSigner(payloadSigner)) {
    throw new ConfigurationError(
      'The option payloadSigner must be a signer. Pass an object with clientId, publicKey and sign.',
    );
  }
}

const isSigner = (signer: unknown): boolean =>
  typeof signer === 'object' &&
  signer !== null &&
  'clientId' in signer &&
  typeof signer.clientId === 'string' &&
  'publicKey' in signer &&
  typeof signer.publicKey === 'string' &&
  'sign' in signer &&
  typeof signer.sign === 'function';
