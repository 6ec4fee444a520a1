import type { Job } from 'bacalhau-apiclient';

/** The prefix of the keys that the SDK writes into a job's `Meta` and `Labels`. */
const PREFIX = 'bacalhau-sdk/';

/** The key in `Meta` of the specification's hash. */
export const FINGERPRINT = `${PREFIX}fingerprint`;
/** The key in `Meta` of the submission that created a job, on servers that cannot look up a job by name. */
export const SUBMISSION = `${PREFIX}submission`;
/** The label by which a job is found on servers that cannot look up a job by name. */
export const NAME_LABEL = `${PREFIX}name`;
/** The label that the jobs of a fan-out share: its name. */
export const MAP_LABEL = `${PREFIX}map`;

/** Returns the entries of `Meta` or `Labels` that neither the SDK nor the server wrote. */
export function userEntries(entries: Job['Meta']): Record<string, string> {
  const kept = Object.entries(entries ?? {}).filter(
    ([key]) => !key.startsWith(PREFIX) && !key.startsWith('bacalhau.org/'),
  );
  return Object.fromEntries(kept);
}
