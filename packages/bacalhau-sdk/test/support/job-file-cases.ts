/** A job file, and what the reader is given with it. */
export interface JobFileCase {
  readonly text: string | Uint8Array;
  readonly variables?: Readonly<Record<string, string>>;
  readonly template?: false;
}

const JOB = `Name: a job
Type: batch
Tasks:
  - Name: main
    Engine:
      Type: docker
      Params:
        Image: ubuntu
`;

/** The job, and further fields of it at the top. */
const withFields = (fields: string): string => JOB + fields;
/** The job, and further fields of its task. */
const withTaskFields = (fields: string): string => JOB + fields.replaceAll(/^(?=.)/gm, '    ');
/** The job with a value in a label, which is text, and in the params of an engine, where any value can be. */
const withValue = (value: string): string => `Name: a job
Type: batch
Tasks:
  - Name: main
    Engine:
      Type: custom
      Params:
        value: ${value}
`;
const withEngine = (engine: string): string =>
  `Name: a job\nType: batch\nTasks:\n  - Name: main\n    Engine: ${engine}\n`;
const withSource = (source: string): string =>
  withTaskFields(`InputSources:\n  - Target: /in\n    Source: ${source}\n`);
const withPublisher = (publisher: string): string =>
  withTaskFields(`Publisher: ${publisher}\nResultPaths:\n  - Name: out\n    Path: /out\n`);
const templated = (text: string, variables: Readonly<Record<string, string>> = { name: 'n', empty: '' }) => ({
  text: withFields(`Labels:\n  value: ${text}\n`),
  variables,
});

const VALUES = [
  ...['0600', '0o17', '0b101', '0x1F', '1_800', '089', '1:30', '.5', '1.', '+12', '-0', '1e3', '1.5e-3', '12e03'],
  ...['yes', 'No', 'ON', 'off', 'y', 'N', 'true', 'tRUE', '~', 'null', 'nULL', '', '2001-01-01', '_1', '1__0', '.5_0'],
  ...['!!str 5', '!!int "5"', '!!float 5', '!!bool yes', '!!null ""', '!!binary aGVsbG8=', '!own text', '! 5'],
  ...['"a\\tb\\u00e9"', "'it''s'", '"yes"', "'0600'", 'a:b', 'a#b', 'a # b', '-', '=', '<<', '18446744073709551615'],
  ...['123456789012345678901', '1.0', '100000000.0', '[a, 1, yes]', '{a: 1, "b": [no]}', '[\n  a,\n b\n]', '[]', '{}'],
  ...[
    '|\n          x\n           y\n',
    '|-\n          x\n\n',
    '|+\n          x\n\n',
    '>\n          x\n          y\n\n          z\n',
  ],
  ...['>-\n          x\n           y\n          z', '|2\n            x\n', '"x\n          y"', "'x\n\n          y'"],
  ...['{1: a, 1.5: b, yes: c, 0600: d}', '{1e7: a, 1234567.5: b, 0.00001: c}', '*none', '@x', '`x', '%x', 'a: b'],
  ...['[a:]', '{a:}', '{"a":}', '[-a, a:b]', '{a:b, c: d}', '{18446744073709551615: a}', '{"a"\n          : b}'],
  ...['.inf', '.nan', '!!int five', '!!binary ?', '{[a]: b}', '{? {a: b} : c}', '{~: a}', '"\\q"', "'open", '[open'],
];

const MERGES = {
  'a merge before a key': '{<<: *base, p: 9}',
  'a merge after a key': '{p: 9, <<: *base}',
  'a merge of a list': '{<<: [*base, {p: 5, r: 6}]}',
  'a merge that is quoted': '{"<<": a}',
  'a merge of a text': '{<<: text}',
  'an alias': '[*base, *base]',
} as const;

const TEMPLATES = {
  'a variable': templated('{{.name}}'),
  'a variable with space': templated('{{ .name }}'),
  'a variable in a text': templated('"a {{.name}} b"'),
  'a variable that is empty': templated('"{{.empty}}"'),
  'a variable that is missing': templated('{{.other}}'),
  'a variable whose name has a capital letter': templated('{{.Name}}', { Name: 'x' }),
  'a variable whose name has a dash': templated('{{index . "a-b"}}', { 'a-b': 'x' }),
  'a trim before': templated('"x {{- .name }}"'),
  'a trim after': templated('"{{ .name -}} x"'),
  'a trim of lines': templated('a\n{{- "b" }}'),
  'index without a value': templated('"{{index . "other"}}"'),
  'or with a default': templated('{{or (index . "other") "default"}}'),
  'or with a value': templated('{{or (index . "name") "default"}}'),
  'or with a value that is empty': templated('{{or .empty "default"}}'),
  'or of three': templated('{{or .empty .empty "last"}}'),
  'or that need not look at the last': templated('{{or .name .other}}'),
  'and of two': templated('{{and .name "x"}}'),
  not: templated('{{not .empty}}'),
  eq: templated('{{if eq .name "n"}}same{{else}}other{{end}}'),
  'eq of several': templated('{{if eq .name "a" "n"}}same{{else}}other{{end}}'),
  ne: templated('{{if ne .name "n"}}other{{else}}same{{end}}'),
  if: templated('{{if .name}}there{{end}}'),
  'if of an empty value': templated('a{{if .empty}}there{{end}}'),
  'if and else': templated('{{if .empty}}a{{else}}b{{end}}'),
  'if and else if': templated('{{if .empty}}a{{else if .name}}b{{else}}c{{end}}'),
  'if in if': templated('{{if .name}}{{if .empty}}a{{else}}b{{end}}{{end}}'),
  'if around lines': {
    text: `${JOB}{{if .name}}Labels:\n  a: {{.name}}\n{{end}}Priority: 3\n`,
    variables: { name: 'x' },
  },
  'a comment': templated('a{{/* note */}}b'),
  'a comment that trims': templated('"a {{- /* note */ -}} b"'),
  'a text in quotes': templated('{{"x\\u00e9"}}'),
  'a text in backquotes': templated('{{`x"y`}}'),
  'braces as text': templated('"{{"{{"}}.name}}"'),
  'a field of a variable': templated('{{.name.first}}'),
  'an action without end': templated('{{.name'),
  'if without end': templated('{{if .name}}x'),
  'end without if': templated('x{{end}}'),
  'else without if': templated('x{{else}}y'),
  'two else': templated('{{if .name}}a{{else}}b{{else}}c{{end}}'),
  'an empty action': templated('{{}}'),
  'an unknown function': templated('{{upper .name}}'),
  'a text without its quote': templated('{{"x}}'),
  'a parenthesis without its other': templated('{{or (index . "x" "y"}}'),
  'too few values': templated('{{eq}}'),
  'a variable whose value is YAML': templated('{{.name}}', { name: '[a' }),
  'a variable whose value is a number in quotes': templated('"{{.name}}"', { name: '5' }),
  'a variable whose value is a number': templated('{{.name}}', { name: '5' }),
  'a count from a variable': { text: `${JOB}Count: {{.count}}\n`, variables: { count: '3' } },
  'braces that are meant literally': { text: withFields('Labels:\n  value: "{{.name}}"\n'), template: false },
  'braces without variables': { text: withFields('Labels:\n  value: "{{.name}}"\n') },
} as const;

const FIELDS = {
  'no name': JOB.replace('Name: a job\n', ''),
  'a namespace': withFields('Namespace: other\n'),
  'a priority': withFields('Priority: 5\n'),
  'a count': withFields('Count: 3\n'),
  'a count of zero': withFields('Count: 0\n'),
  'a count as a float': withFields('Count: 2.0\n'),
  'a count as text': withFields('Count: "2"\n'),
  'a count below zero': withFields('Count: -1\n'),
  'a count that is no whole number': withFields('Count: 1.5\n'),
  'the type service': JOB.replace('batch', 'service'),
  'the type ops': JOB.replace('batch', 'ops'),
  'the type daemon': JOB.replace('batch', 'daemon'),
  'an unknown type': JOB.replace('batch', 'bash'),
  'no type': JOB.replace('Type: batch\n', ''),
  'a count of ops': withFields('Count: 2\n').replace('batch', 'ops'),
  constraints: withFields(
    'Constraints:\n  - Key: region\n    Operator: in\n    Values: [eu, us]\n  - {Key: gpu, Operator: exists}\n',
  ),
  'a constraint of equality': withFields('Constraints:\n  - {Key: a, Operator: "=", Values: [b]}\n'),
  'a constraint with an unknown operator': withFields('Constraints:\n  - {Key: a, Operator: like, Values: [b]}\n'),
  'a constraint without a key': withFields('Constraints:\n  - {Operator: in, Values: [b]}\n'),
  labels: withFields('Labels:\n  a: b\n  "c": "5"\n'),
  'a label that is a number': withFields('Labels:\n  a: 5\n'),
  meta: withFields('Meta:\n  a.b/c: d\n'),
  'meta that is a list': withFields('Meta: [a]\n'),
  'names in lower case': JOB.replaceAll(
    /^( *-? *)(\w+):/gm,
    (_, space: string, name: string) => `${space}${name.toLowerCase()}:`,
  ),
  'names in capitals': JOB.replaceAll(
    /^( *-? *)(\w+):/gm,
    (_, space: string, name: string) => `${space}${name.toUpperCase()}:`,
  ),
  'an unknown field': withFields('Contraints: []\n'),
  'a field that the server sets': withFields('ID: j-1\n'),
  'a field twice': withFields('Name: another\n'),
  'a field twice, in another case': withFields('name: another\n'),
  'a second task': withFields('  - Name: second\n    Engine: {Type: docker, Params: {Image: i}}\n'),
  'an unknown field of a task': withTaskFields('Resource: {}\n'),
  'an unknown field of an engine': withEngine('{Type: docker, Params: {Image: i, Arguments: [a]}}'),
  'a param twice, in another case': withEngine('{Type: docker, Params: {Image: i, image: j}}'),
  'a param twice, in another case and with the same value': withEngine('{Type: docker, Params: {Image: i, image: i}}'),
  'docker without an image': withEngine('{Type: docker, Params: {}}'),
  'fields that are null': withFields('Constraints: null\nLabels: ~\nCount:\n'),
  'no tasks': 'Name: a job\nType: batch\nTasks: []\n',
  'a task without a name': JOB.replace('Name: main\n    ', ''),
  'a task that is no mapping': 'Type: batch\nTasks: [main]\n',
  env: withTaskFields('Env:\n  GREETING: hello\n  FROM_HOST: env:HOST\n'),
  'env in lower case': withTaskFields('Env:\n  greeting: hello\n'),
  'env with a reserved name': withTaskFields('Env:\n  BACALHAU_X: hello\n'),
  'env with an empty value': withTaskFields('Env:\n  A: ""\n'),
  'env with a number': withTaskFields('Env:\n  A: 5\n'),
  'meta of the task': withTaskFields('Meta:\n  a: b\n'),
  resources: withTaskFields('Resources:\n  CPU: 500m\n  Memory: 1.5 GiB\n  Disk: 10gb\n  GPU: "1"\n'),
  'resources as numbers': withTaskFields('Resources:\n  CPU: 1\n'),
  'resources without sense': withTaskFields('Resources:\n  Memory: lots\n'),
  timeouts: withTaskFields('Timeouts:\n  ExecutionTimeout: 1_800\n  QueueTimeout: 60\n  TotalTimeout: 3600\n'),
  'timeouts below zero': withTaskFields('Timeouts:\n  ExecutionTimeout: -1\n'),
  'timeouts as text': withTaskFields('Timeouts:\n  ExecutionTimeout: 5s\n'),
  'the network none': withTaskFields('Network:\n  Type: none\n'),
  'the network HTTP with domains': withTaskFields('Network:\n  Type: HTTP\n  Domains: [example.com, 127.0.0.1]\n'),
  'domains without HTTP': withTaskFields('Network:\n  Type: Full\n  Domains: [example.com]\n'),
  'a domain without sense': withTaskFields('Network:\n  Type: HTTP\n  Domains: ["?"]\n'),
  'an unknown network': withTaskFields('Network:\n  Type: wifi\n'),
  ports: withTaskFields(
    'Network:\n  Type: Bridge\n  Ports:\n    - {Name: http, Target: 80}\n    - {Name: rpc, Static: 8080, Target: 81}\n',
  ),
  'ports without a network': withTaskFields('Network:\n  Type: none\n  Ports: [{Name: http, Static: 8080}]\n'),
  'a result path': withTaskFields('Publisher: {Type: local}\nResultPaths:\n  - Name: out\n    Path: /out\n'),
  'two result paths of one name': withTaskFields(
    'Publisher: {Type: local}\nResultPaths:\n  - {Name: a, Path: /a}\n  - {Name: a, Path: /b}\n',
  ),
  'a result path without a path': withTaskFields('Publisher: {Type: local}\nResultPaths:\n  - Name: a\n'),
  'two inputs at one target': withTaskFields(
    'InputSources:\n  - {Target: /a, Source: {Type: ipfs, Params: {CID: x}}}\n  - {Target: /a, Source: {Type: ipfs, Params: {CID: y}}}\n',
  ),
  'an input with an alias': withTaskFields(
    'InputSources:\n  - {Alias: data, Target: /a, Source: {Type: ipfs, Params: {CID: x}}}\n',
  ),
  'an input without a target': withTaskFields('InputSources:\n  - Source: {Type: ipfs, Params: {CID: x}}\n'),
  'docker with everything': withEngine(
    '{Type: docker, Params: {Image: i, Entrypoint: [a], Parameters: [b, "1"], EnvironmentVariables: [A=b], WorkingDirectory: /w}}',
  ),
  'docker in another case': withEngine('{Type: Docker, Params: {image: i}}'),
  'wasm with everything': withEngine(
    '{Type: wasm, Params: {EntryModule: m, Entrypoint: _start, Parameters: [a], ImportModules: [lib]}}',
  ),
  'an unknown engine': withEngine('{Type: other, Params: {a: {b: [1, 2.5, yes]}}}'),
  'an engine without a type': withEngine('{Params: {}}'),
  'an engine that is a text': withEngine('docker'),
  'a source that is local': withSource('{Type: local, Params: {SourcePath: /data, ReadWrite: yes, CreateAs: dir}}'),
  'a source that is localDirectory': withSource('{Type: localDirectory, Params: {SourcePath: /data}}'),
  'a source that is a URL': withSource('{Type: urlDownload, Params: {URL: "https://example.com/a.txt"}}'),
  'a source that is inline': withSource('{Type: inline, Params: {URL: "data:,hello"}}'),
  'a source in IPFS': withSource('{Type: ipfs, Params: {CID: QmX}}'),
  'a source in S3': withSource(
    '{Type: s3, Params: {Bucket: b, Key: "k/*", Filter: a, Region: r, Endpoint: "https://s3", VersionID: v, ChecksumSHA256: c}}',
  ),
  'a source in S3 with a partition': withSource(
    '{Type: s3, Params: {Bucket: b, Key: k/, Partition: {Type: date, DateFormat: "2006"}}}',
  ),
  'an unknown source': withSource('{Type: other, Params: {x: 1}}'),
  'a source that is missing': withTaskFields('InputSources:\n  - Target: /in\n'),
  'the publisher local': withPublisher('{Type: local}'),
  'the publisher ipfs': withPublisher('{Type: ipfs}'),
  'the publisher s3managed': withPublisher('{Type: s3managed}'),
  'the publisher s3': withPublisher(
    '{Type: s3, Params: {Bucket: b, Key: "{jobID}/{executionID}", Region: r, Endpoint: "https://s3"}}',
  ),
  'an unknown publisher': withPublisher('{Type: other, Params: {x: [1]}}'),
} as const;

const utf16 = (text: string, bigEndian: boolean): Uint8Array => {
  const bytes = Buffer.from(`\ufeff${text}`, 'utf16le');
  return bigEndian ? bytes.swap16() : bytes;
};

const FORMS = {
  JSON: '{"Name": "a job", "Type": "batch", "Tasks": [{"Name": "main", "Engine": {"Type": "docker", "Params": {"Image": "ubuntu"}}}]}',
  'JSON with tabs': '{\n\t"Type": "batch",\n\t"Tasks": [\n\t\t{"Name": "main", "Engine": {"Type": "noop"}}\n\t]\n}\n',
  'a mark of UTF-8': `\ufeff${JOB}`,
  'UTF-16, little end first': utf16(JOB, false),
  'UTF-16, big end first': utf16(JOB, true),
  'Windows line ends': JOB.replaceAll('\n', '\r\n'),
  'line ends of old Macs': JOB.replaceAll('\n', '\r'),
  comments: `# first\n\n${JOB}# last\n`,
  'a document mark': `---\n${JOB}`,
  'a document mark at the end': `${JOB}---\n`,
  'an end mark': `${JOB}...\n`,
  'an unknown directive': `%OWN x\n---\n${JOB}`,
  'YAML 1.1': `%YAML 1.1\n---\n${JOB}`,
  'YAML 1.2': `%YAML 1.2\n---\n${JOB}`,
  'no last line break': JOB.trimEnd(),
  'two documents': `${JOB}---\n${JOB}`,
  'a line separator': JOB.replace('a job', '"a\u2028job"'),
  'UTF-16 with placeholders': utf16(JOB.replace('a job', '"{{.name}}"'), false),
  'a tab for space': JOB.replace('    Engine', '\tEngine'),
  'a control character': JOB.replace('a job', 'a\u0007job'),
  'text only': 'hello',
  'a list': '- a\n- b\n',
  nothing: '\n',
  'an anchor that contains itself': withValue('&a [*a]'),
  'a flow over lines': 'Name: a job\nType: batch\nTasks: [\n{Name: main,\nEngine: {Type: noop}\n}\n]\n',
  'old servers': 'APIVersion: V1beta2\nSpec:\n  Engine: Docker\n',
  'a request': `Job:\n${JOB.replaceAll(/^(?=.)/gm, '  ')}`,
  Kubernetes: 'apiVersion: batch/v1\nkind: Job\nmetadata:\n  name: a\nspec: {}\n',
} as const;

const asCase = (text: string | Uint8Array): JobFileCase => ({ text });

/** Job files that show one thing each. */
export const JOB_FILES: Readonly<Record<string, JobFileCase>> = {
  ...Object.fromEntries(VALUES.map((value) => [`the value ${JSON.stringify(value)}`, asCase(withValue(value))])),
  ...Object.fromEntries(
    Object.entries(MERGES).map(([name, value]) => [
      name,
      asCase(`Labels: &base {p: "1", q: "2"}\n${withValue(value)}`),
    ]),
  ),
  ...TEMPLATES,
  ...Object.fromEntries(Object.entries(FIELDS).map(([name, text]) => [name, asCase(text)])),
  ...Object.fromEntries(Object.entries(FORMS).map(([name, text]) => [name, asCase(text)])),
};
