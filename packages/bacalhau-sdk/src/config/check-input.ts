import { isRecord } from '../util/index.js';
import { checkNames } from './check-names.js';
import { checkType } from './check-type.js';
import type { ConfigInput } from './input.js';

const TLS_NAMES: readonly string[] = ['ca', 'caFile', 'insecure'] satisfies (keyof NonNullable<ConfigInput['tls']>)[];

/**
 * Refuses options of the wrong type, which plain JavaScript can pass. The string `"false"`, for one, would turn off the
 * verification of certificates.
 *
 * @throws {ConfigurationError} naming the option; no value is quoted.
 */
export function checkConfigInput(input: ConfigInput): void {
  const { baseUrl, host, port, https, namespace, dir, profile, proxy, tls, logLevel } = input;
  for (const [name, value] of Object.entries({ baseUrl, host, namespace, dir, profile, logLevel })) {
    checkType(name, value, typeof value === 'string', 'a string');
  }
  checkType('port', port, typeof port === 'number' || typeof port === 'string', 'a number');
  checkType('proxy', proxy, proxy === false || typeof proxy === 'string', 'an address as a string, or false for none');
  checkType('tls', tls, isRecord(tls), 'an object with ca, caFile or insecure');
  for (const [name, value] of Object.entries({ https, 'tls.insecure': tls?.insecure })) {
    checkType(name, value, typeof value === 'boolean', 'true or false');
  }
  if (tls === undefined) return;
  checkType('tls.caFile', tls.caFile, typeof tls.caFile === 'string', 'a string');
  checkType('tls.ca', tls.ca, typeof tls.ca === 'string' || Array.isArray(tls.ca), 'a string or an array of strings');
  checkNames('tls', tls, TLS_NAMES);
}
