import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, get, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { type Devnet, startDevnet } from 'bacalhau-devnet';
import { build } from 'esbuild';
import type { Page } from 'playwright-core';
import { inputs } from '../../src/builders/inputs.js';
import { wasm } from '../../src/builders/wasm.js';
import { Bacalhau } from '../../src/client/bacalhau.js';
import { catModule } from '../support/cat-module.js';
import { chromiumForTests } from '../support/chromium.js';
import { shellJob } from '../support/logs.js';
import { freshName } from '../support/network.js';
import { describeWith } from '../support/requirements.js';
import { SAMPLE_FOLDER, SAMPLE_TAR_SHA256 } from '../support/sample-folder.js';
import { printingJob, writingJob } from '../support/wasm-jobs.js';
import { until } from '../support/within.js';
import { writeFiles } from '../support/write-files.js';

jest.setTimeout(60_000);

const SMALL = { cpu: '10m', memory: '32MB' };
const API_KEY = 'page-api-key-0123456789abcdef';

describeWith(['chromium'], 'in Chromium, from a page of another origin', () => {
  const chromium = chromiumForTests();
  let open: Devnet;
  let secured: Devnet;
  let site: Server;
  let page: Page;

  beforeAll(async () => {
    const users = [{ Alias: 'page', APIKey: API_KEY, Capabilities: [{ Actions: ['*'] }] }];
    [open, secured] = await Promise.all([
      startDevnet({ server: 'pinned' }),
      startDevnet({ server: 'pinned', config: { API: { Auth: { Users: users } } } }),
    ]);
    const src = join(__dirname, '..', '..', 'src');
    const { outputFiles } = await build({
      stdin: { contents: `export * from './index.js';`, resolveDir: src },
      ...{ bundle: true, write: false, platform: 'browser', format: 'iife', globalName: 'sdk', logLevel: 'silent' },
      alias: { '#platform': join(src, 'platform/browser/index.ts') },
    });
    site = createServer((request, response) => {
      // What it takes for a place that sends no CORS headers: a relay of the page's own origin.
      const [, place] = /^\/results\/(.+)$/.exec(request.url ?? '') ?? [];
      if (place !== undefined) {
        get(`http://${place}`, (answer) => answer.pipe(response));
        return;
      }
      response.setHeader('content-type', 'text/html; charset=utf-8');
      response.end(
        `<!doctype html><title>A page</title><script>${outputFiles[0]?.text.replaceAll('</', '<\\/')}</script>`,
      );
    });
    await new Promise<void>((resolve) => site.listen(0, '127.0.0.1', resolve));
    page = await chromium.browser.newPage();
    page.setDefaultTimeout(30_000);
    await page.goto(`http://127.0.0.1:${(site.address() as AddressInfo).port}/`);
  }, 120_000);
  afterAll(async () => {
    await page?.close();
    site?.closeAllConnections();
    site?.close();
    await Promise.all([open?.stop(), secured?.stop()]);
  }, 30_000);

  /** Runs a program in the page: `bacalhau` is a client of the server, `given` what is handed over. */
  const run = (server: Devnet, program: string, given: unknown = null, options: object = {}): Promise<unknown> =>
    page.evaluate(`(async () => {
      const given = ${JSON.stringify(given)};
      const bacalhau = new sdk.Bacalhau(${JSON.stringify({ baseUrl: server.url, ...options })});
      try { ${program} } catch (error) { return error.name + ': ' + error.message; } finally { await bacalhau.close(); }
    })()`);

  test('a job is submitted, waited for, listed and looked into', async () => {
    const told = await run(
      open,
      `const job = await bacalhau.jobs.submit(given);
      const states = [];
      await job.wait({ onUpdate: ({ State }) => states.push(State.StateType) });
      const { items } = await bacalhau.jobs.list({ limit: 100 });
      const events = [];
      for await (const { Event } of job.history({ follow: true })) events.push(Event.Message);
      const nodes = await bacalhau.nodes.list();
      return { last: states.at(-1), listed: items.some(({ ID }) => ID === job.id), event: events.at(-1), nodes: nodes.items.length };`,
      await printingJob('hello page'),
    );
    expect(told).toEqual({ last: 'Completed', listed: true, event: 'Completed successfully', nodes: 2 });
  });

  test('the place of results that allows the page to read them is read, and another one is named', async () => {
    const told = await run(
      open,
      `const job = await bacalhau.jobs.submit(given);
      await job.wait();
      const [{ url }] = await job.typedResults();
      const seen = {};
      for await (const file of job.files({ hosts: { [new URL(url).host]: location.origin + '/results/' + new URL(url).host } })) {
        if (file.path === 'stdout') seen.stdout = await file.text();
        else if (file.path === 'outputs/data.bin') seen.bytes = (await new Response(file.stream()).bytes()).length;
      }
      const refused = await job.files({ maxRetries: 0 }).next().catch(({ name, reason, message }) => name + ' ' + reason + ': ' + message);
      return [seen, refused];`,
      await writingJob('from the archive', { blocks: 20 }),
    );
    expect(told).toEqual([
      { stdout: 'from the archive', bytes: 20 * 65_536 },
      expect.stringMatching(/^DownloadError unreachable: .*must allow cross-origin requests \(CORS\)/),
    ]);
  });

  test('a run brings the output that the execution holds, and says that it may not be all', async () => {
    const { Name: _name, ...job } = await printingJob('hello run');
    const program = `const { stdout, exitCode, outputComplete } = await bacalhau.jobs.run(given);
      return { stdout, exitCode, outputComplete };`;
    expect(await run(open, program, job)).toEqual({ stdout: 'hello run', exitCode: 0, outputComplete: false });
  });

  test('files that a person chose, a list of files and a directory of the page are packed as Node packs them', async () => {
    const chosen = await mkdtemp(join(tmpdir(), 'chosen-'));
    try {
      await writeFiles(chosen, SAMPLE_FOLDER);
      await page.evaluate('document.body.innerHTML = `<input type="file" webkitdirectory>`');
      await page.setInputFiles('input', chosen);
      const told = await run(
        open,
        `const files = Object.entries(given.folder).map(([path, text]) => new File([text], path));
        const write = async (directory, [first, ...rest], text) => {
          if (rest.length > 0) return write(await directory.getDirectoryHandle(first, { create: true }), rest, text);
          const writable = await (await directory.getFileHandle(first, { create: true })).createWritable();
          await writable.write(text);
          await writable.close();
        };
        const directory = await (await navigator.storage.getDirectory()).getDirectoryHandle('sample', { create: true });
        for (const [path, text] of Object.entries(given.folder)) await write(directory, path.split('/'), text);

        const hashes = [];
        for (const source of [document.querySelector('input').files, files, directory]) {
          const spec = sdk.docker({ image: 'ubuntu', inputs: [sdk.inputs.files(source, { target: '/in' })] });
          const { Tasks } = await spec.toJob();
          const packed = await fetch(Tasks[0].InputSources[0].Source.Params.URL);
          const tar = await new Response(packed.body.pipeThrough(new DecompressionStream('gzip'))).arrayBuffer();
          hashes.push(new Uint8Array(await crypto.subtle.digest('SHA-256', tar)).toHex());
        }
        return hashes;`,
        { folder: SAMPLE_FOLDER },
      );
      expect(told).toEqual([SAMPLE_TAR_SHA256, SAMPLE_TAR_SHA256, SAMPLE_TAR_SHA256]);
    } finally {
      await rm(chosen, { recursive: true, force: true });
    }
  });

  test('a job with a file of the page is the job that Node makes of the same file, though gzip differs', async () => {
    const file = { 'words.txt': 'one two three'.repeat(1_000) };
    const name = freshName('page');
    const settings = { name, module: [...(await catModule())], parameters: ['in/words.txt'], resources: SMALL };
    const told = await run(
      open,
      `const files = Object.entries(given.file).map(([path, text]) => new File([text], path));
      const spec = sdk.wasm({
        ...given.settings,
        module: Uint8Array.from(given.settings.module),
        inputs: [sdk.inputs.files(files, { target: '/in' })],
      });
      const job = await bacalhau.jobs.submit(spec);
      const { exitCode, stdout } = await job.result();
      const [, { Source }] = (await spec.toJob()).Tasks[0].InputSources;
      return [job.id, exitCode, stdout.slice(0, 13), Source.Params.URL];`,
      { file, settings },
    );
    await using bacalhau = new Bacalhau({ baseUrl: open.url, dir: open.dir, env: {} });
    const files = Object.entries(file).map(([path, text]) => new File([text], path));
    const spec = wasm({
      ...{ ...settings, module: await catModule() },
      inputs: [inputs.files(files, { target: '/in' })],
    });
    const again = await bacalhau.jobs.submit(spec);
    const [, input] = (await spec.toJob()).Tasks[0]?.InputSources ?? [];
    expect(told).toEqual([again.id, 0, 'one two three', expect.stringMatching(/^data:application\/gzip;base64,/)]);
    expect(told).not.toContain(Object(input?.Source.Params).URL);
    expect(again.deduplicated).toBe(true);
  });

  test('a server allows every origin before authentication, and does not expose its own headers to pages', async () => {
    const url = `${secured.url}/api/v1/orchestrator/jobs`;
    const origin = 'https://app.example.org';
    const asked = { 'access-control-request-method': 'PUT', 'access-control-request-headers': 'authorization,x-any' };
    const preflight = await fetch(url, { method: 'OPTIONS', headers: { origin, ...asked } });
    expect([preflight.status, Object.fromEntries(preflight.headers)]).toEqual([
      204,
      expect.objectContaining({
        'access-control-allow-origin': '*',
        'access-control-allow-methods': 'GET,HEAD,PUT,PATCH,POST,DELETE',
        'access-control-allow-headers': 'authorization,x-any',
      }),
    ]);
    const refused = await fetch(url, { headers: { origin } });
    expect([refused.status, refused.headers.get('access-control-allow-origin')]).toEqual([401, '*']);
    for (const { headers } of [preflight, refused]) {
      expect([headers.get('access-control-max-age'), headers.get('access-control-expose-headers')]).toEqual([
        null,
        null,
      ]);
    }
    const program = `const { response } = await bacalhau.jobs.list().withResponse();
      return [typeof response.serverVersion, response.requestId.length, (await bacalhau.agent.version()).GitVersion];`;
    expect(await run(open, program)).toEqual(['undefined', 32, open.version]);
  });

  test('credentials reach a server with users, and its refusals the page', async () => {
    const program = 'return (await bacalhau.jobs.list()).items;';
    expect(await run(secured, program, null, { auth: { apiKey: API_KEY } })).toEqual([]);
    expect(await run(secured, program)).toMatch(/^AuthenticationError: .*Missing Authorization header/);
  });

  test.each([
    ['that never ends', undefined],
    ['that is packed', gzipSync(Buffer.alloc(100_000_000, ' '))],
  ])('a response %s is not read beyond maxResponseBytes', async (_name, packed) => {
    let sent = 0;
    let isClosed = false;
    const server = createServer((request, response) => {
      response.setHeader('access-control-allow-origin', '*');
      response.setHeader('access-control-allow-headers', request.headers['access-control-request-headers'] ?? '*');
      response.setHeader('content-type', 'application/json');
      if (request.method === 'OPTIONS') return void response.writeHead(204).end();
      if (packed !== undefined) return void response.writeHead(200, { 'content-encoding': 'gzip' }).end(packed);
      response.on('close', () => {
        isClosed = true;
      });
      const chunk = Buffer.alloc(65_536, ' ');
      const more = (): void => {
        while (!isClosed && response.write(chunk)) sent += chunk.length;
      };
      response.on('drain', more);
      more();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    try {
      const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
      const read = 'return await bacalhau.jobs.list()';
      const told = await run(open, read, null, { baseUrl, maxResponseBytes: 1_000_000, timeoutMs: 20_000 });
      expect(told).toMatch(/^ResponseTooLargeError: .*larger than 1000000 bytes, unpacked/);
      if (packed === undefined) await until(() => isClosed);
      expect(sent).toBeLessThan(100_000_000);
    } finally {
      server.closeAllConnections();
      server.close();
    }
  });

  test('for an unreachable server a page sees only a failure; the error says what to check', async () => {
    const program = 'return await bacalhau.jobs.list({ maxRetries: 0 });';
    expect(await run(open, program, null, { baseUrl: 'http://127.0.0.1:1' })).toMatch(
      /^ConnectionError: .*browsers do not report why.*CORS/,
    );
  });

  describeWith(['docker'], 'with Docker', () => {
    test('a log comes over the page’s own WebSocket, line by line, while the job runs', async () => {
      const told = await run(
        open,
        `const job = await bacalhau.jobs.submit(given);
        const seen = [];
        for await (const { stream, text } of job.logs({ follow: true, lines: true })) {
          const running = seen.length > 0 || (await job.refresh()).State.StateType === 'Running';
          seen.push([stream, text, running]);
        }
        return seen;`,
        shellJob('for i in 1 2 3; do echo "line $i"; sleep 1; done').Job,
      );
      expect(told).toEqual([1, 2, 3].map((line) => ['stdout', `line ${line}`, true]));
    });

    test('the log socket of a server with users cannot be opened, and the error says what to do', async () => {
      const program = `const job = await bacalhau.jobs.submit(given);
        for await (const entry of job.logs({ follow: true })) return entry;`;
      const told = await run(secured, program, shellJob('echo unread').Job, { auth: { apiKey: API_KEY } });
      expect(told).toMatch(/^UnsupportedRuntimeError: .*\(Authorization\).*through a gateway/);
    });
  });
});
