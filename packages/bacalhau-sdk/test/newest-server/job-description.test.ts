import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Field, Fields } from '../../src/spec/describe.js';
import { JOB } from '../../src/spec/job-description.js';
import { serverSources } from '../support/server-sources.js';

const { fields: jobFields } = JOB;
const taskFields = fieldsIn(jobFields, 'Tasks');
const networkFields = fieldsIn(taskFields, 'Network');

/** The structs of the server's sources, and the fields of the description that stand for theirs. */
const STRUCTS: readonly (readonly [file: string, struct: string, fields: Fields])[] = [
  ['pkg/models/job.go', 'Job', jobFields],
  ['pkg/models/task.go', 'Task', taskFields],
  ['pkg/models/selector.go', 'LabelSelectorRequirement', fieldsIn(jobFields, 'Constraints')],
  ['pkg/models/input_source.go', 'InputSource', fieldsIn(taskFields, 'InputSources')],
  ['pkg/models/path.go', 'ResultPath', fieldsIn(taskFields, 'ResultPaths')],
  ['pkg/models/resource.go', 'ResourcesConfig', fieldsIn(taskFields, 'Resources')],
  ['pkg/models/timeout.go', 'TimeoutConfig', fieldsIn(taskFields, 'Timeouts')],
  ['pkg/models/network.go', 'NetworkConfig', networkFields],
  ['pkg/models/network.go', 'Port', fieldsIn(networkFields, 'Ports')],
  ['pkg/executor/docker/models/types.go', 'EngineSpec', paramsOf('Engine', 'docker')],
  ['pkg/executor/wasm/models/types.go', 'EngineSpec', sinceRelease17(paramsOf('Engine', 'wasm'))],
  ['pkg/publisher/local/types.go', 'PublisherSpec', paramsOf('Publisher', 'local')],
  ['pkg/publisher/ipfs/types.go', 'PublisherSpec', paramsOf('Publisher', 'ipfs')],
  ['pkg/s3/types.go', 'PublisherSpec', paramsOf('Publisher', 's3')],
  ['pkg/storage/local/types.go', 'Source', paramsOf('Source', 'local')],
  ['pkg/storage/url/urldownload/types.go', 'Source', paramsOf('Source', 'urldownload')],
  ['pkg/storage/inline/types.go', 'Source', paramsOf('Source', 'inline')],
  ['pkg/storage/ipfs/types.go', 'Source', paramsOf('Source', 'ipfs')],
  ['pkg/s3/types.go', 'SourceSpec', paramsOf('Source', 's3')],
  ['pkg/s3/partitioning.go', 'PartitionConfig', fieldsIn(paramsOf('Source', 's3'), 'Partition')],
];

function fieldsIn(fields: Fields, name: string): Fields {
  const field: Field | undefined = fields[name];
  const inner = field?.type === 'list' ? field.items : field;
  if (inner?.type !== 'object') throw new Error(`${name} is not described as an object or a list of objects.`);
  return inner.fields;
}

function paramsOf(kind: 'Engine' | 'Publisher' | 'Source', type: string): Fields {
  const field = kind === 'Source' ? fieldsIn(taskFields, 'InputSources')[kind] : taskFields[kind];
  const params = field?.type === 'spec' ? field.params[type] : undefined;
  if (params === undefined) throw new Error(`The ${kind} ${type} is not described.`);
  return params;
}

/** Returns the params without that of servers before 1.7. */
function sinceRelease17({ EnvironmentVariables: _, ...params }: Fields): Fields {
  return params;
}

/** Returns the names that the fields of a Go struct have in JSON. */
function namesInJson(source: string, struct: string): string[] {
  const [, body] = new RegExp(`^type ${struct} struct ?\\{(.*?)\\}$`, 'ms').exec(source) ?? [];
  if (body === undefined) throw new Error(`There is no struct ${struct}.`);
  return body.split('\n').flatMap((line) => {
    const [, name] = /^\s*([A-Z]\w*)\s/.exec(line) ?? [];
    return name === undefined ? [] : [/`json:"(\w+)/.exec(line)?.[1] ?? name];
  });
}

test.each(STRUCTS)("%s: the fields of the server's %s are described", async (file, struct, fields) => {
  const source = await readFile(join(await serverSources(), file), 'utf8');
  expect(Object.keys(fields).sort()).toEqual(namesInJson(source, struct).sort());
});

test('the types of engines, publishers and sources are those that the server has', async () => {
  const source = await readFile(join(await serverSources(), 'pkg/models/constants.go'), 'utf8');
  const typesOf = (prefix: string): string[] =>
    [...source.matchAll(new RegExp(`^\\s*${prefix}\\w+\\s*=\\s*"(\\w+)"`, 'gm'))]
      .map(([, type]) => String(type))
      .sort();
  const described = (field: Field | undefined): string[] => (field?.type === 'spec' ? [...field.types].sort() : []);
  // Those of its tests, and those that only the server itself makes.
  const others = ['noop', 's3PreSigned'];
  const withoutOthers = (types: readonly string[]): string[] => types.filter((type) => !others.includes(type));
  expect(described(taskFields['Engine'])).toEqual(withoutOthers(typesOf('Engine')));
  expect(described(taskFields['Publisher'])).toEqual(withoutOthers(typesOf('Publisher')));
  const sources = withoutOthers(typesOf('StorageSource')).filter((type) => type !== 's3managed');
  expect(described(fieldsIn(taskFields, 'InputSources')['Source'])).toEqual(sources);
});
