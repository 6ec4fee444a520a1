import { inspect } from 'node:util';
import { ApiError, ConflictError, NotFoundError } from '../../src/errors/api-errors.js';
import { BacalhauError } from '../../src/errors/base.js';
import { ConfigurationError } from '../../src/errors/client-errors.js';

const details = {
  operation: 'jobs.get',
  status: 404,
  code: 'NotFound',
  component: 'JobStore',
  hint: undefined,
  details: {},
  requestId: 'r',
  attempts: 1,
  serverVersion: 'v1.9.3',
  outcomeUnknown: false,
};

test('an error is an instance of its class and its superclasses, and of no other', () => {
  const error = new NotFoundError('no job', details);
  expect(error).toBeInstanceOf(NotFoundError);
  expect(error).toBeInstanceOf(ApiError);
  expect(error).toBeInstanceOf(BacalhauError);
  expect(error).toBeInstanceOf(Error);
  expect(error).not.toBeInstanceOf(ConflictError);
  expect(error).not.toBeInstanceOf(ConfigurationError);
  expect(error.name).toBe('NotFoundError');
});

test('a value that is not an error of this package is not an instance', () => {
  for (const other of [new Error('x'), null, undefined, 'NotFoundError', {}, { name: 'BacalhauError' }]) {
    expect(other).not.toBeInstanceOf(BacalhauError);
  }
});

test('instanceof works across two copies of the package', () => {
  jest.isolateModules(() => {
    const copy: typeof import('../../src/errors/index.js') = require('../../src/errors/index.js');
    expect(copy.NotFoundError).not.toBe(NotFoundError);
    const foreign = new copy.NotFoundError('no job', details);
    expect(foreign).toBeInstanceOf(NotFoundError);
    expect(foreign).toBeInstanceOf(BacalhauError);
    expect(foreign).not.toBeInstanceOf(ConflictError);
    expect(new ConflictError('busy', details)).not.toBeInstanceOf(copy.NotFoundError);
  });
});

test('instanceof of a subclass made by an application follows the rule of the language', () => {
  class QuotaError extends ApiError {}
  expect(new QuotaError('full', details)).toBeInstanceOf(QuotaError);
  expect(new QuotaError('full', details)).toBeInstanceOf(ApiError);
  expect(new ApiError('other', details)).not.toBeInstanceOf(QuotaError);
});

test('an error prints its details, and has a cause only if one was given', () => {
  expect(inspect(new NotFoundError('no job', details))).toMatch(/NotFoundError: no job[\s\S]*status: 404/);
  expect(new ConfigurationError('bad', { cause: 'why' }).cause).toBe('why');
  expect('cause' in new ConfigurationError('bad')).toBe(false);
});
