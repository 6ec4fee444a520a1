import fc from 'fast-check';
import { ConfigurationError } from '../../src/errors/client-errors.js';
import { DownloadError } from '../../src/errors/download-error.js';
import { excerpt, redact, redactHeaders } from '../../src/redaction/redact.js';
import { redactError } from '../../src/redaction/redact-error.js';
import { Secrets } from '../../src/redaction/secrets.js';

const secretsOf = (...values: string[]): Secrets => {
  const secrets = new Secrets();
  secrets.add(...values);
  return secrets;
};

const base64 = (text: string): string => Buffer.from(text).toString('base64');
const html = (text: string): string =>
  text.replace(/[&<>"']/g, (c) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&#34;', "'": '&#39;' })[c] ?? c);
const go = (text: string): string =>
  JSON.stringify(text).replace(/[<>&]/g, (c) => `\\u00${c.charCodeAt(0).toString(16)}`);

/** How servers, proxies and providers quote what they were sent, by the same function that shows it in a plain text. */
const QUOTES: Readonly<Record<string, (text: string) => string>> = {
  plain: (text) => text,
  'URL-encoded': encodeURIComponent,
  'URL-encoded in lower case': (text) => encodeURIComponent(text).replace(/%../g, (code) => code.toLowerCase()),
  'URL-encoded twice': (text) => encodeURIComponent(encodeURIComponent(text)),
  'as a form': (text) => new URLSearchParams({ q: text }).toString().slice(2),
  JSON: (text) => JSON.stringify(text),
  'JSON of Go': go,
  'JSON in JSON': (text) => JSON.stringify(JSON.stringify(text)),
  HTML: html,
  base64,
  'base64 for URLs': (text) => Buffer.from(text).toString('base64url'),
  'base64 in a URL': (text) => encodeURIComponent(base64(text)),
};

/** Characters that encoders treat in different ways; letters make it long enough to be found by chance nowhere. */
const secretText = fc
  .tuple(
    fc.string({ unit: fc.constantFrom(...'ab09+/=%&"\\<> \'~!*()$^|?.ü-_'), minLength: 1, maxLength: 40 }),
    fc.uuid(),
  )
  .map(([text, id]) => `${text.trim()}${id}`);

test('no quoting of a secret, wherever it stands, gets past redaction', () => {
  fc.assert(
    fc.property(
      secretText,
      fc.constantFrom(...Object.keys(QUOTES)),
      fc.string({ maxLength: 20 }),
      fc.string({ maxLength: 20 }),
      (secret, way, before, after) => {
        const quote = QUOTES[way];
        if (quote === undefined) throw new Error(way);
        // In base64 the secret is somewhere in what is encoded.
        const text = /base64/.test(way) ? quote(`${before}${secret}${after}`) : `${before}${quote(secret)}${after}`;
        const clean = redact(text, secretsOf(secret));
        expect(clean).toContain('***');
        // Nothing of it remains that is worth something: no ten characters in a row of any form.
        const form = /base64/.test(way) ? text.slice(before.length * 2 + 4, -(after.length * 2 + 4)) : quote(secret);
        for (let start = 0; start + 24 <= form.length; start += 4) {
          expect(clean).not.toContain(form.slice(start, start + 24));
        }
      },
    ),
    { numRuns: 500 },
  );
});

test('no secret gets past redaction because the text was cut within it, by us or by the server', () => {
  fc.assert(
    fc.property(
      secretText,
      fc.integer({ min: 0, max: 80 }),
      fc.integer({ min: 8, max: 60 }),
      (secret, before, kept) => {
        const secrets = secretsOf(secret);
        const text = `${'.'.repeat(before)}${secret} and more`;
        const shown = excerpt(text, secrets, before + kept);
        expect(shown).not.toContain(secret.slice(0, 8));
        // The server itself has cut it.
        for (const end of ['', '…', '...']) {
          const cut = redact(`${'.'.repeat(before)}${secret.slice(0, kept)}${end}`, secrets);
          expect(cut).not.toContain(secret.slice(0, Math.min(kept, secret.length)));
        }
      },
    ),
  );
});

test('a text of a hundred megabytes is looked through for a moment only, and no secret is cut in it unseen', () => {
  const secret = 'the-secret-of-the-long-text';
  const secrets = secretsOf(secret);
  const started = performance.now();
  const shown = excerpt(`${secret} `.repeat(4_000_000), secrets, 1_000_000);
  expect(performance.now() - started).toBeLessThan(2_000);
  expect(shown.replaceAll('***', '')).not.toMatch(/the-secr/);
});

test('backslashes without end do not slow redaction down', () => {
  const started = performance.now();
  redact('\\'.repeat(60_000), secretsOf('\\\\a"\\b', '/+"\'&<> '));
  expect(performance.now() - started).toBeLessThan(2_000);
});

test('secrets that overlap or contain each other are replaced as a whole', () => {
  expect(redact('abcd1234efgh', secretsOf('abcd1234', '1234efgh'))).toBe('***');
  expect(redact('x pass-word-1 y', secretsOf('pass', 'pass-word-1'))).toBe('x *** y');
});

test('a token of 20,000 characters is replaced', () => {
  const token = Array.from({ length: 1_000 }, (_, index) => `${index}.`.padStart(20, 'x')).join('');
  expect(redact(`Bearer ${token}!`, secretsOf(token))).not.toContain('500.');
});

test('the parts of an Authorization header, of cookies and of a query are secrets, too', () => {
  const secrets = new Secrets();
  secrets.addAuthorization(`Basic ${base64('ada:pass-word')}`);
  secrets.addHeaders({
    Cookie: 'session=0123456789abc; theme=dark',
    Accept: 'application/json',
    'X-Team': 'team-secret',
  });
  secrets.addQuery('http://[not a host?X-Amz-Signature=abcdef0123456789&a=b');
  const text = 'pass-word 0123456789abc application/json team-secret abcdef0123456789 dark';
  expect(redact(text, secrets)).toBe('*** *** application/json *** *** dark');
  expect(redactHeaders({ 'x-team': 'other', Accept: 'application/json' }, secrets)).toEqual({
    'x-team': '***',
    Accept: 'application/json',
  });
});

test('the secrets of a call are forgotten with it, those of the client count in it', () => {
  const client = secretsOf('client-secret');
  const call = new Secrets(client);
  call.add('call-secret');
  expect(redact('client-secret call-secret', call)).toBe('*** ***');
  expect(redact('client-secret call-secret', client)).toBe('*** call-secret');
});

test('an error has no secret in its message, stack, properties, and in a cause of ours', () => {
  const cause = new ConfigurationError('the-secret-value');
  const foreign = new Error('the-secret-value');
  const error = new DownloadError(
    'a the-secret-value',
    { reason: 'http', url: 'http://h/the-secret-value' },
    { cause },
  );
  redactError(error, secretsOf('the-secret-value'));
  expect([error.message, error.stack, error.url, cause.message].join()).not.toContain('the-secret-value');
  // The application's own errors are not changed.
  redactError(new ConfigurationError('x', { cause: foreign }), secretsOf('the-secret-value'));
  expect(foreign.message).toBe('the-secret-value');
});
