/** The fields of an object by name: `null` for a plain value and for an object whose keys the user chooses. */
interface Fields {
  readonly [name: string]: Fields | null;
}

const SPEC_CONFIG: Fields = { Type: null, Params: null };

const JOB: Fields = {
  ...{ ID: null, Name: null, Namespace: null, Type: null, Priority: null, Count: null, Meta: null, Labels: null },
  ...{ State: null, Version: null, Revision: null, CreateTime: null, ModifyTime: null },
  Constraints: { Key: null, Operator: null, Values: null },
  Tasks: {
    ...{ Name: null, Env: null, Meta: null, Engine: SPEC_CONFIG, Publisher: SPEC_CONFIG },
    InputSources: { Source: SPEC_CONFIG, Alias: null, Target: null },
    ResultPaths: { Name: null, Path: null },
    Resources: { CPU: null, Memory: null, Disk: null, GPU: null },
    Network: { Type: null, Domains: null, Ports: { Name: null, Static: null, Target: null, HostNetwork: null } },
    Timeouts: { ExecutionTimeout: null, QueueTimeout: null, TotalTimeout: null },
  },
};

/** Returns a job with its field names spelled as in the API. Unknown fields stay as they are. */
export const canonicalJob = (job: unknown): unknown => canonical(job, JOB);

function canonical(value: unknown, fields: Fields): unknown {
  if (Array.isArray(value)) return value.map((item) => canonical(item, fields));
  if (typeof value !== 'object' || value === null) return value;
  const names = new Map(Object.keys(fields).map((name) => [name.toLowerCase(), name]));
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => {
      const name = names.get(key.toLowerCase()) ?? key;
      const inside = fields[name];
      return [name, inside ? canonical(inner, inside) : inner];
    }),
  );
}
