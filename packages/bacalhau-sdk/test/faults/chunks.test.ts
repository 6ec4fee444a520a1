import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { build, type Metafile } from 'esbuild';
import { faultServer, json } from '../support/fault-server.js';

const source = join(__dirname, '..', '..', 'src');

const PAGE = `
  import { Bacalhau } from './index.js';
  const { agent, jobs } = new Bacalhau({ baseUrl: process.argv[2], maxRetries: 0 });
  const handle = jobs.handle('j-1');
  const calls = {
    get: () => jobs.get('gone'),
    list: () => jobs.list(),
    stop: () => jobs.stop('j-1'),
    'stop without a response': () => jobs.stop('j-2'),
    executions: () => jobs.executions('j-1'),
    'agent.config': () => agent.config(),
    'submit a malformed job': () => jobs.submit({ Type: 'batch', Tasks: [] }),
    run: () => jobs.run({}),
    map: () => jobs.map([1], () => ({})).next(),
    logs: () => handle.logs()[Symbol.asyncIterator]().next(),
    files: () => handle.files()[Symbol.asyncIterator]().next(),
    sign: () => new Bacalhau({ baseUrl: process.argv[2], maxRetries: 0, signer: { keyId: 'k', algorithm: 'ed25519', sign: async () => new Uint8Array(64) } }).jobs.get('j-1'),
  };
  const outcomes = {};
  for (const [name, call] of Object.entries(calls)) {
    outcomes[name] = await call().then(
      () => 'done',
      ({ name, message, status, code, outcomeUnknown }) => ({ name, message, status, code, outcomeUnknown }),
    );
  }
  console.log(JSON.stringify(outcomes));`;

/** Returns the chunks that a page loads only when a call needs them. */
function lazyChunks({ outputs }: Metafile): string[] {
  const loaded = new Set<string>();
  const visit = (path: string): void => {
    if (loaded.has(path)) return;
    loaded.add(path);
    for (const { kind, path: next } of outputs[path]?.imports ?? []) if (kind === 'import-statement') visit(next);
  };
  for (const path of Object.keys(outputs)) if (basename(path) === 'stdin.mjs') visit(path);
  return Object.keys(outputs).filter((path) => !loaded.has(path));
}

const NOT_LOADED = {
  name: 'ConnectionError',
  message: expect.stringMatching(/^A part of bacalhau-sdk could not be loaded, so nothing was sent: /),
  outcomeUnknown: false,
};

const NO_RESPONSE = {
  name: 'ConnectionError',
  message: expect.any(String),
  code: 'ERR_NETWORK',
  outcomeUnknown: false,
};

test('a page that has lost its network: calls whose code is not loaded reject with a ConnectionError, all others work', async () => {
  await using server = await faultServer((response, number) => {
    if (number === 1) json(response, 404, { Status: 404, Message: 'job not found: gone', Hint: 'look elsewhere' });
    else if (number === 2) json(response, 503, {});
    else if (number === 3) json(response, 200, { EvaluationID: 'e' });
    else response.destroy();
  });
  const outdir = await mkdtemp(join(tmpdir(), 'bacalhau-chunks-'));
  try {
    const { metafile } = await build({
      stdin: { contents: PAGE, resolveDir: source },
      ...{ bundle: true, splitting: true, platform: 'browser', format: 'esm', outExtension: { '.js': '.mjs' }, outdir },
      ...{ alias: { '#platform': join(source, 'platform/browser/index.ts') }, logLevel: 'silent', metafile: true },
    });
    const lazy = lazyChunks(metafile);
    expect(lazy.length).toBeGreaterThan(5);
    for (const path of lazy) await rm(join(outdir, basename(path)));
    const { stdout } = await promisify(execFile)(process.execPath, [join(outdir, 'stdin.mjs'), server.url]);
    expect(JSON.parse(stdout)).toEqual({
      get: {
        name: 'NotFoundError',
        message: expect.stringMatching(/^jobs\.get: job not found: gone \(HTTP 404\) Hint: look elsewhere/),
        status: 404,
        outcomeUnknown: false,
      },
      list: {
        name: 'ServerError',
        message: 'jobs.list: the server gave no reason (HTTP 503)',
        status: 503,
        outcomeUnknown: false,
      },
      stop: 'done',
      'stop without a response': {
        name: 'ConnectionError',
        message: expect.stringMatching(/^jobs\.stop: .*The request may still have been processed\./),
        code: 'ERR_NETWORK',
        outcomeUnknown: true,
      },
      executions: NO_RESPONSE,
      'agent.config': NO_RESPONSE,
      'submit a malformed job': { name: 'InvalidJobError', message: expect.stringMatching(/^Job\.Tasks .+ .+/) },
      ...{ run: NOT_LOADED, map: NOT_LOADED, logs: NOT_LOADED, files: NOT_LOADED, sign: NOT_LOADED },
    });
  } finally {
    await rm(outdir, { recursive: true });
  }
});
