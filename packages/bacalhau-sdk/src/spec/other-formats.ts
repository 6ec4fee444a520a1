type Entries = Readonly<Record<string, unknown>>;

/** Returns what to do with an object that describes a job in another format; undefined if it seems to be in this one. */
export function adviceForOtherFormat(job: Entries): string | undefined {
  const names = new Set(Object.keys(job).map((name) => name.toLowerCase()));
  if (names.has('tasks')) return undefined;
  if (names.has('kind') && names.has('apiversion')) {
    return 'is an object of Kubernetes. Put the fields of the job at the top level: Name, Type, and Tasks.';
  }
  if (names.has('spec') || names.has('apiversion') || names.has('enginespec')) {
    return 'is in the format of servers before 1.4. Write it with Type and Tasks, or submit it with bacalhau-sdk/legacy.';
  }
  if (names.has('job')) return 'has the job in a field Job, as a request has. Pass what is in that field.';
  return undefined;
}
