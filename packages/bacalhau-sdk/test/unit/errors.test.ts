import { inspect } from 'node:util';
import { ApiError, ConflictError, NotFoundError } from '../../src/errors/api-errors.js';
import { BacalhauError } from '../../src/errors/base.js';
import { ConfigurationError } from '../../src/errors/client-errors.js';

const facts = {
  operation: 'jobs.get',
  status: 404,
  code: 'NotFound',
  component: 'JobStore',
  hint: undefined,
  details: {},
  requestId: 'r',
  attempts: 1,
  serverVersion: 'v1.9.3',
};

test('an error is an instance of its class and of those above, and of no other', () => {
  const error = new NotFoundError('no job', facts);
  expect(error).toBeInstanceOf(NotFoundError);
  expect(error).toBeInstanceOf(ApiError);
  expect(error).toBeInstanceOf(BacalhauError);
  expect(error).toBeInstanceOf(Error);
  expect(error).not.toBeInstanceOf(ConflictError);
  expect(error).not.toBeInstanceOf(ConfigurationError);
  expect(error.name).toBe('NotFoundError');
});

test('what is no error of ours is no instance', () => {
  for (const other of [new Error('x'), null, undefined, 'NotFoundError', {}, { name: 'BacalhauError' }]) {
    expect(other).not.toBeInstanceOf(BacalhauError);
  }
});

test('instanceof holds across two copies of the module', () => {
  jest.isolateModules(() => {
    const copy: typeof import('../../src/errors/index.js') = require('../../src/errors/index.js');
    expect(copy.NotFoundError).not.toBe(NotFoundError);
    const theirs = new copy.NotFoundError('no job', facts);
    expect(theirs).toBeInstanceOf(NotFoundError);
    expect(theirs).toBeInstanceOf(BacalhauError);
    expect(theirs).not.toBeInstanceOf(ConflictError);
    expect(new ConflictError('busy', facts)).not.toBeInstanceOf(copy.NotFoundError);
  });
});

test('a subclass made by an application follows the language’s rule', () => {
  class QuotaError extends ApiError {}
  expect(new QuotaError('full', facts)).toBeInstanceOf(QuotaError);
  expect(new QuotaError('full', facts)).toBeInstanceOf(ApiError);
  expect(new ApiError('other', facts)).not.toBeInstanceOf(QuotaError);
});

test('it prints its facts, and the cause where there is one', () => {
  expect(inspect(new NotFoundError('no job', facts))).toMatch(/NotFoundError: no job[\s\S]*status: 404/);
  expect(new ConfigurationError('bad', { cause: 'why' }).cause).toBe('why');
  expect('cause' in new ConfigurationError('bad')).toBe(false);
});
