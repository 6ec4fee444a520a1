import type { Job } from 'bacalhau-apiclient';

/** What the SDK writes into jobs has this in front. */
const PREFIX = 'bacalhau-sdk/';

/** The key in `Meta` of the specification's hash. */
export const FINGERPRINT = `${PREFIX}fingerprint`;
/** The label by which a job is found on servers that cannot look one up by its name. */
export const NAME_LABEL = `${PREFIX}name`;

/** The label of a fan-out's jobs: its name. */
export const MAP_LABEL = `${PREFIX}map`;

/** Entries that neither the SDK nor the server made. */
export function userEntries(entries: Job['Meta']): Record<string, string> {
  const own = Object.entries(entries ?? {}).filter(
    ([key]) => !key.startsWith(PREFIX) && !key.startsWith('bacalhau.org/'),
  );
  return Object.fromEntries(own);
}
