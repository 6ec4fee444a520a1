import { Bacalhau } from '../../src/client/bacalhau.js';
import { ConfigurationError, InvalidArgumentError } from '../../src/errors/client-errors.js';
import { keyDirectory } from '../support/key-directory.js';

// Nothing listens there: what is not refused before it is sent fails with another error.
const bacalhau = new Bacalhau({ baseUrl: 'http://127.0.0.1:9', dir: keyDirectory(), env: {}, logLevel: 'off' });
const { jobs, nodes, agent } = bacalhau;
const job = jobs.handle('j-1');
const spec = { Type: 'batch', Count: 1, Tasks: [{ Name: 'main', Engine: { Type: 'noop' } }] };
const first = (items: AsyncIterable<unknown>): Promise<unknown> => items[Symbol.asyncIterator]().next();

/** What plain JavaScript can pass. */
const plain = (value: unknown): never => value as never;

/** Every public call with the options that plain JavaScript passes, and one of its options with a wrong type. */
const CALLS: Readonly<Record<string, [(options: never) => PromiseLike<unknown>, Readonly<Record<string, unknown>>]>> = {
  'jobs.put': [(options) => jobs.put({ Job: spec }, options), { namespace: 5 }],
  'jobs.stop': [(options) => jobs.stop('j-1', 'reason', options), { timeoutMs: 'soon' }],
  'jobs.get': [(options) => jobs.get('j-1', options), { include: 'everything' }],
  'jobs.list': [(options) => jobs.list(options), { limit: 'all' }],
  'jobs.executions': [(options) => jobs.executions('j-1', options), { limit: -1 }],
  'jobs.versions': [(options) => jobs.versions('j-1', options), { maxRetries: 'often' }],
  'jobs.results': [(options) => jobs.results('j-1', options), { namespace: 5 }],
  'jobs.typedResults': [(options) => jobs.typedResults('j-1', options), { executionId: 5 }],
  'jobs.history': [(options) => first(jobs.history('j-1', options)), { since: 'yesterday' }],
  'jobs.diff': [(options) => jobs.diff(spec, options), { timeoutMs: 'soon' }],
  'jobs.rerun': [(options) => jobs.rerun('j-1', options), { timeoutMs: 'soon' }],
  'jobs.submit': [(options) => jobs.submit(spec, options), { onExisting: 'replace' }],
  'jobs.run': [(options) => jobs.run(spec, options), { output: 'all' }],
  'jobs.map': [(options) => first(jobs.map(['a'], () => spec, options)), { concurrency: 'many' }],
  'jobs.handle': [async (options) => jobs.handle('j-1', options), { namespace: 5 }],
  'job.describe': [(options) => job.describe(options), { timeoutMs: 'soon' }],
  'job.refresh': [(options) => job.refresh(options), { timeoutMs: 'soon' }],
  'job.wait': [(options) => job.wait(options), { onUpdate: 'log' }],
  'job.result': [(options) => job.result(options), { unreachableAfterMs: 'never' }],
  'job.stop': [(options) => job.stop('reason', options), { timeoutMs: 'soon' }],
  'job.rerun': [(options) => job.rerun(options), { timeoutMs: 'soon' }],
  'job.executions': [(options) => job.executions(options), { limit: 'all' }],
  'job.history': [(options) => first(job.history(options)), { eventType: 'mine' }],
  'job.logs': [(options) => first(job.logs(options)), { signal: 'stop' }],
  'job.versions': [(options) => job.versions(options), { timeoutMs: 'soon' }],
  'job.results': [(options) => job.results(options), { timeoutMs: 'soon' }],
  'job.typedResults': [(options) => job.typedResults(options), { executionId: 5 }],
  'job.files': [(options) => first(job.files(options)), { maxRetries: 'often' }],
  'job.download': [(options) => job.download('results', options), { layout: 'flat' }],
  'nodes.list': [(options) => nodes.list(options), { labels: 'gpu' }],
  'nodes.get': [(options) => nodes.get('n-1', options), { timeoutMs: 'soon' }],
  'nodes.approve': [(options) => nodes.approve('n-1', 'reason', options), { timeoutMs: 'soon' }],
  'nodes.reject': [(options) => nodes.reject('n-1', 'reason', options), { timeoutMs: 'soon' }],
  'nodes.delete': [(options) => nodes.delete('n-1', 'reason', options), { timeoutMs: 'soon' }],
  'agent.alive': [(options) => agent.alive(options), { timeoutMs: 'soon' }],
  'agent.version': [(options) => agent.version(options), { timeoutMs: 'soon' }],
  'agent.node': [(options) => agent.node(options), { timeoutMs: 'soon' }],
  'agent.config': [(options) => agent.config(options), { timeoutMs: 'soon' }],
  'agent.debug': [(options) => agent.debug(options), { timeoutMs: 'soon' }],
  'agent.authConfig': [(options) => agent.authConfig(options), { timeoutMs: 'soon' }],
  'bacalhau.login': [(options) => bacalhau.login(options), { timeoutMs: 'soon' }],
};

async function failure(call: PromiseLike<unknown>): Promise<unknown> {
  return await Promise.resolve(call).then(
    () => 'nothing',
    (error: unknown) => error,
  );
}

describe.each(Object.entries(CALLS))('options: %s', (_name, [call, wrongType]) => {
  test('null is refused by name', async () => {
    const error = await failure(call(plain(null)));
    expect(error).toBeInstanceOf(InvalidArgumentError);
    expect(error).toMatchObject({
      argument: 'options',
      message: expect.stringContaining('must be an object, not null'),
    });
  });

  test('a misspelt option is refused, with the name that was probably meant', async () => {
    const [name = ''] = Object.keys(wrongType);
    const error = await failure(call(plain({ [`${name}x`]: undefined })));
    expect(error).toBeInstanceOf(InvalidArgumentError);
    expect(error).toMatchObject({ argument: `${name}x`, message: expect.stringContaining(`Did you mean ${name}?`) });
  });

  test('a value of a wrong type is refused by name', async () => {
    const error = await failure(call(plain(wrongType)));
    expect(error).toBeInstanceOf(InvalidArgumentError);
    expect(error).toMatchObject({ argument: Object.keys(wrongType)[0] });
  });
});

test('options: a handle has no namespace of its own in a call', async () => {
  // @ts-expect-error: what plain JavaScript can do
  expect(await failure(job.executions({ namespace: 'other' }))).toMatchObject({ argument: 'namespace' });
});

test('options: an unknown type of key is refused', async () => {
  // @ts-expect-error: what plain JavaScript can do
  expect(await failure(bacalhau.identity('dsa'))).toMatchObject({ argument: 'type' });
});

test.each([
  ['new Bacalhau', (options: never) => new Bacalhau(options)],
  ['withOptions', (options: never) => bacalhau.withOptions(options)],
])('options: %s refuses null and suggests the name of a misspelt option', (_name, create) => {
  expect(() => create(plain(null))).toThrow(ConfigurationError);
  expect(() => create(plain({ namspace: 'x' }))).toThrow(/namespace/);
});

test.each([
  ['Running', 'states'],
  [[], 'states'],
  [['Running', 'running'], 'states[1]'],
])('jobs.list refuses %j as states before it is sent', async (states, argument) => {
  const problem = { name: 'InvalidArgumentError', argument };
  await expect(jobs.list({ states: plain(states) })).rejects.toMatchObject(problem);
});
