import { execFile } from 'node:child_process';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { faultServer, json } from '../support/fault-server.js';

const source = join(__dirname, '..', '..', 'src');

const PAGE = `
  import { Bacalhau, importPublicKey, signRequest } from './index.js';
  const { agent, jobs } = new Bacalhau({ baseUrl: process.argv[2], maxRetries: 0 });
  const calls = [() => jobs.get('gone'), () => jobs.list(), () => jobs.stop('j-1'), () => jobs.stop('j-2'), () => jobs.executions('j-1')];
  calls.push(() => agent.config());
  const handle = jobs.handle('j-1');
  calls.push(() => jobs.run({}), () => handle.logs()[Symbol.asyncIterator]().next(), () => handle.results());
  calls.push(() => jobs.map([1], () => ({})).next(), () => importPublicKey(''), () => signRequest({}));
  calls.push(() => jobs.submit({ Type: 'batch', Tasks: [] }));
  // So many that they would be looked for in lists.
  const ids = Array.from({ length: 90 }, (_, index) => 'j-00000000-0000-4000-8000-0000000000' + (10 + index));
  calls.push(() => Promise.all(ids.map((id) => jobs.handle(id).wait({ timeoutMs: 20_000 }))));
  calls.push(() => new Bacalhau({ baseUrl: process.argv[2], maxRetries: 0, auth: { apiKey: 'hunter2' } }).jobs.get('j-1'));
  const told = [];
  for (const call of calls) {
    await call().then(() => told.push('done'), ({ name, message, status, code, outcomeUnknown }) => told.push({ name, message, status, code, outcomeUnknown }));
  }
  console.log(JSON.stringify(told));`;

/** What a page is told that was loaded, and then lost the network by which the rest of its code would come. */
test('what is loaded late is missed by its calls alone, and with the errors of this package', async () => {
  await using server = await faultServer((response, number) => {
    if (response.req.headers.authorization) json(response, 400, { Message: 'no namespace hunter2' });
    else if (number === 1) json(response, 404, { Message: 'job not found: gone', Hint: 'look elsewhere' });
    else if (number === 2) json(response, 503, {});
    else if (number === 3) json(response, 200, { EvaluationID: 'e' });
    else if (number === 4) response.destroy();
    else {
      const ID = response.req.url?.replace(/.*\//, '');
      json(response, 200, { Job: { ID, State: { StateType: number < 20 ? 'Running' : 'Completed' } } });
    }
  });
  const outdir = await mkdtemp(join(tmpdir(), 'bacalhau-chunks-'));
  try {
    await build({
      stdin: { contents: PAGE, resolveDir: source },
      ...{ bundle: true, splitting: true, platform: 'browser', format: 'esm', outExtension: { '.js': '.mjs' }, outdir },
      ...{ alias: { '#platform': join(source, 'platform/browser/index.ts') }, logLevel: 'silent' },
    });
    for (const file of await readdir(outdir)) {
      if (/^(rest|other-calls|agent-calls|seldom|runs|reading|transfer|keys|signing)-/.test(file))
        await rm(join(outdir, file));
    }
    const { stdout } = await promisify(execFile)(process.execPath, [join(outdir, 'stdin.mjs'), server.url]);
    expect(JSON.parse(stdout)).toEqual([
      { name: 'NotFoundError', message: 'jobs.get: job not found: gone (HTTP 404)', status: 404 },
      { name: 'ServerError', message: 'jobs.list: the server gave no reason (HTTP 503)', status: 503 },
      'done',
      {
        name: 'ConnectionError',
        message: `jobs.stop: the connection to ${server.url} failed. The server may have carried it out all the same: look before you repeat it.`,
        code: 'ERR_NETWORK',
        outcomeUnknown: true,
      },
      {
        name: 'ConnectionError',
        message: expect.stringMatching(/^jobs\.executions was not sent\. A part of bacalhau-sdk cannot be loaded/),
        outcomeUnknown: false,
      },
      {
        name: 'ConnectionError',
        message: expect.stringMatching(/^agent\.config was not sent\. A part of bacalhau-sdk cannot be loaded/),
        outcomeUnknown: false,
      },
      ...Array.from({ length: 6 }, () => ({
        name: 'ConnectionError',
        message: expect.stringMatching(/^A part of bacalhau-sdk cannot be loaded: /),
        outcomeUnknown: false,
      })),
      { name: 'InvalidJobError', message: 'Job.Tasks is missing. Pass an array with one task.' },
      'done',
      // What cannot be blacked out in part is blacked out whole.
      { name: 'BadRequestError', message: 'jobs.get: *** (HTTP 400)', status: 400 },
    ]);
    // The list that was asked for above.
    expect(server.seen.filter(({ url }) => url.includes('order_by='))).toHaveLength(1);
  } finally {
    await rm(outdir, { recursive: true });
  }
});
