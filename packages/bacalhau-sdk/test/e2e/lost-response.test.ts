import { Bacalhau } from '../../src/client/bacalhau.js';
import type { RequestEvent, RetryEvent } from '../../src/http/events.js';
import type { ClientOptions } from '../../src/http/options.js';
import { keyDirectory } from '../support/key-directory.js';
import { losingProxy } from '../support/losing-proxy.js';
import { collect, freshName } from '../support/network.js';
import { testWhere } from '../support/requirements.js';
import { printingJob } from '../support/wasm-jobs.js';

const dir = keyDirectory();

const clientOf = (baseUrl: string, namespace: string, options: ClientOptions = {}) =>
  new Bacalhau({ baseUrl, namespace, dir, env: {}, logLevel: 'off', ...options });

test('submit: jobs without a name are created once each, whatever is lost', async () => {
  const namespace = freshName('once');
  await using proxy = await losingProxy((number) => (['answer', 'request', 'none'] as const)[number % 3] ?? 'none');
  await using bacalhau = clientOf(proxy.url, namespace, { maxRetries: 9 });
  const { Name: _, ...nameless } = await printingJob('once');
  const handles = await Promise.all(Array.from({ length: 30 }, () => bacalhau.jobs.submit(nameless)));
  expect(new Set(handles.map(({ id }) => id)).size).toBe(30);
  const made = await collect(bacalhau.jobs.list());
  expect(made).toHaveLength(30);
  expect(made.every(({ Version = 0 }) => Version <= 1)).toBe(true);
  expect(proxy.submissions()).toBeGreaterThan(30);
  await Promise.all(handles.map((handle) => handle.wait()));
}, 60_000);

/** Submits a job whose first response is lost, and returns what was requested to find it again. */
async function lookedUp(): Promise<readonly string[]> {
  const namespace = freshName('named');
  await using proxy = await losingProxy((number) => (number === 1 ? 'answer' : 'none'));
  const retries: RetryEvent[] = [];
  const requests: RequestEvent[] = [];
  await using bacalhau = clientOf(proxy.url, namespace, {
    onRetry: (retry) => retries.push(retry),
    onRequest: (request) => requests.push(request),
  });
  const job = await bacalhau.jobs.submit(await printingJob('named'));
  expect(job).toMatchObject({ attempts: 1, deduplicated: true });
  expect(retries).toMatchObject([{ operation: 'jobs.put', attempt: 1, error: { outcomeUnknown: true } }]);
  const made = await collect(bacalhau.jobs.list());
  expect(made.map(({ ID }) => ID)).toEqual([job.id]);
  expect(made[0]?.Version ?? 0).toBeLessThanOrEqual(1);
  const submitted = requests.findIndex(({ method }) => method === 'PUT');
  return requests.slice(submitted + 1, -1).map(({ operation }) => operation);
}

testWhere(['lost-response', 'found by name'], 'submit: a lost response does not create a job twice', async () => {
  expect(await lookedUp()).toContain('jobs.get');
});

testWhere(['lost-response', 'found by label'], 'submit: a lost response does not create a job twice', async () => {
  const operations = await lookedUp();
  expect(operations).toContain('jobs.list');
  expect(operations).not.toContain('jobs.get');
});
