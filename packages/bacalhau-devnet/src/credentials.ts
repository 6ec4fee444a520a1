import { isJsonObject, type JsonObject, type JsonValue, valueAt } from './json.js';

const MAY_READ_NODES = ['*', 'read:*', 'read:node'];

/**
 * Returns the Authorization header of a configured user who may list nodes; undefined if there is none whose secret can
 * be read (a hashed password cannot).
 */
export function nodeReaderAuthorization(config: JsonObject): string | undefined {
  const users = valueAt(config, 'API', 'Auth', 'Users');
  if (!Array.isArray(users)) return undefined;
  for (const user of users) {
    if (!isJsonObject(user) || !capabilities(user).some((capability) => MAY_READ_NODES.includes(capability))) continue;
    const key = text(valueAt(user, 'APIKey'));
    if (key !== undefined) return `Bearer ${key}`;
    const name = text(valueAt(user, 'Username'));
    const password = text(valueAt(user, 'Password'));
    // `$2a$…` and similar are bcrypt hashes.
    if (name !== undefined && password !== undefined && !/^\$2[abxy]?\$/.test(password)) {
      return `Basic ${Buffer.from(`${name}:${password}`, 'utf8').toString('base64')}`;
    }
  }
  return undefined;
}

function capabilities(user: JsonObject): string[] {
  const list = valueAt(user, 'Capabilities');
  if (!Array.isArray(list)) return [];
  return list.flatMap((entry: JsonValue) => {
    const actions = isJsonObject(entry) ? valueAt(entry, 'Actions') : undefined;
    return Array.isArray(actions) ? actions.filter((action): action is string => typeof action === 'string') : [];
  });
}

function text(value: JsonValue | undefined): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
