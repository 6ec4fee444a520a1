import fc from 'fast-check';
import { TextBody } from '../../src/http/body.js';
import { parseErrorBody } from '../../src/http/error-body.js';

test.each<[string, unknown, object]>([
  [
    'the envelope',
    {
      Status: 404,
      Message: 'job not found: nope',
      RequestID: '',
      Code: 'NotFound',
      Component: 'JobStore',
      Hint: 'look',
      Details: { a: 'b' },
    },
    { message: 'job not found: nope', code: 'NotFound', component: 'JobStore', hint: 'look', details: { a: 'b' } },
  ],
  [
    'an envelope with an empty code',
    { Status: 500, Message: 'no changes', Code: '' },
    { message: 'no changes', code: undefined },
  ],
  [
    'the version check',
    { Error: 'too old', MinVersion: '1.4.0' },
    { message: 'too old', details: { MinVersion: '1.4.0' } },
  ],
  [
    'a failed login',
    { Authentication: { success: false, reason: 'credentials rejected' } },
    { message: 'credentials rejected' },
  ],
  [
    'server 1.4',
    { error: 'Job not found. ID: x', message: 'Internal Server Error' },
    { message: 'Job not found. ID: x' },
  ],
  ['server 1.4, short', { message: 'Not Found' }, { message: 'Not Found' }],
  ['plain text', new TextBody('Server Timeout!\n'), { message: 'Server Timeout!' }],
  ['a page of HTML', new TextBody('<!DOCTYPE html><html>…'), { message: undefined }],
  ['nothing', new TextBody(''), { message: undefined }],
])('error body: %s is parsed', (_name, body, expected) => {
  expect(parseErrorBody(body)).toMatchObject(expected);
});

test('error body: a text stays whole until its secrets are replaced, and is known for one that may be long', () => {
  const body = parseErrorBody(new TextBody('x'.repeat(10_000)));
  expect(body.message).toHaveLength(10_000);
  expect(body.isPlainText).toBe(true);
});

test('error body: no input makes the parser throw or return anything but strings', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.jsonValue(),
        fc.anything(),
        fc.string().map((text) => new TextBody(text)),
      ),
      (body) => {
        const { message, code, component, hint, details } = parseErrorBody(body);
        for (const value of [message, code, component, hint, ...Object.values(details ?? {})]) {
          expect(['string', 'undefined']).toContain(typeof value);
        }
      },
    ),
  );
});
