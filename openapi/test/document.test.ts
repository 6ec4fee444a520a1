import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { parse } from 'yaml';
import { createConformanceChecker, DOCUMENT_FILE, LEGACY_DOCUMENT_FILE } from '../src/index.js';
import { PROVENANCE_FILE, provenanceOf } from '../src/provenance.js';
import { diffWithSwagger } from '../src/swagger-diff.js';

const folder = resolve(__dirname, '..');
const root = dirname(folder);
const read = (path: string) => readFileSync(join(root, path), 'utf8');

test('the documents pass the linter', async () => {
  const redocly = join(folder, 'node_modules/@redocly/cli/bin/cli.js');
  const arguments_ = [redocly, 'lint', '--config', 'redocly.yaml'];
  await promisify(execFile)(process.execPath, arguments_, { cwd: folder });
}, 30_000);

test('the committed client is what the generator made of the document as it is now', () => {
  // Whoever changes the document, the options or a template has to run `pnpm generate`.
  expect(provenanceOf(root)).toEqual(JSON.parse(read(PROVENANCE_FILE)));
});

test.each([
  ['v1', DOCUMENT_FILE],
  ['legacy', LEGACY_DOCUMENT_FILE],
])('the %s client has a method for every operation', (folderOfClient, document) => {
  const client = read(`packages/bacalhau-apiclient/src/generated/${folderOfClient}/api.ts`);
  for (const operation of createConformanceChecker(document).operationIds) {
    expect(client).toContain(`public ${operation}(`);
  }
});

describe('the comparison with a swagger.json', () => {
  const document = parse(read('openapi/bacalhau.yaml'));
  const alive = (schema: object) => ({
    swagger: '2.0',
    paths: {
      '/api/v1/agent/alive': { get: { responses: { 200: { schema } } } },
      '/api/v1/orchestrator/jobs/{id}': {
        get: {
          parameters: [{ in: 'query', name: 'fresh' }],
          responses: { 200: { schema: { $ref: '#/definitions/R' } } },
        },
      },
      '/api/v1/agent/mood': { get: {} },
    },
    definitions: {
      R: { type: 'object', properties: { Job: { type: 'object', properties: { Mood: { type: 'string' } } } } },
    },
  });

  test('finds operations, parameters, properties and types, whatever their definitions are called', () => {
    const lines = diffWithSwagger(document, alive({ type: 'object', properties: { Status: { type: 'integer' } } }));
    expect(lines).toEqual(
      expect.arrayContaining([
        'API: operation GET /api/v1/agent/mood only in theirs',
        'API: operation PUT /api/v1/orchestrator/jobs only in ours',
        'GET /api/v1/orchestrator/jobs/{}: query parameter fresh only in theirs',
        'GET /api/v1/orchestrator/jobs/{}: query parameter job_version only in ours',
        'GET /api/v1/orchestrator/jobs/{} 200.Job: property Mood only in theirs',
        'GET /api/v1/agent/alive 200.Status: string in ours, integer in theirs',
      ]),
    );
  });

  test('finds nothing between a document and itself', () => {
    expect(diffWithSwagger(document, document)).toEqual([]);
  });
});
