import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createConformanceChecker, LEGACY_DOCUMENT_FILE } from '../../src/index.js';

/** The examples of Bacalhau's own page on this API, of November 2022; an ellipsis in one of them is left out. */
const examples: Record<string, { request?: unknown; response?: unknown }> = JSON.parse(
  readFileSync(join(__dirname, '..', 'data', 'legacy-examples.json'), 'utf8'),
);
const checker = createConformanceChecker(LEGACY_DOCUMENT_FILE);

/** An answer that is as described, for calls whose example is only of the request. */
const SUBMITTED = JSON.stringify({ job: { APIVersion: 'V1beta1', Spec: {} } });

const check = (call: string, request: unknown, response: string) =>
  checker.check({
    method: 'POST',
    path: `/${call}`,
    requestBody: request === undefined ? '' : JSON.stringify(request),
    status: 200,
    headers: { 'content-type': 'application/json' },
    body: response,
  });

test.each(Object.entries(examples))('the example of %s is as described', (call, { request, response }) => {
  expect(check(call, request, response === undefined ? SUBMITTED : JSON.stringify(response))).toEqual([]);
});

test('there are examples of five of the six calls', () => {
  expect(Object.keys(examples).sort()).toEqual(['events', 'list', 'results', 'states', 'submit']);
});

test('undescribed fields are reported', () => {
  const numbered = { job: { APIVersion: 'V1beta1', Spec: { Engine: 2 } } };
  expect(check('submit', { signature: '', client_public_key: '', nonce: 1 }, JSON.stringify(numbered))).toEqual([
    expect.objectContaining({ part: 'request', pointer: '/nonce' }),
    expect.objectContaining({ part: 'response', pointer: '/job/Spec/Engine' }),
    expect.objectContaining({ part: 'response', pointer: '/job/Spec/Engine' }),
  ]);
});
