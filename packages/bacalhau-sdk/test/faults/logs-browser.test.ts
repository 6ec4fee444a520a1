import { join } from 'node:path';
import vm from 'node:vm';
import { build } from 'esbuild';
import { WebSocket } from 'ws';
import { JOB_ID, logFaultServer } from '../support/log-fault-server.js';

const source = join(__dirname, '..', '..', 'src');

/** Runs a program with the SDK where there is nothing of Node, but a browser's WebSocket. */
async function inPage(program: string, globals: object = {}): Promise<unknown> {
  const { outputFiles } = await build({
    stdin: { contents: `export * from './index.js';`, resolveDir: source },
    ...{ bundle: true, write: false, platform: 'browser', format: 'iife', globalName: 'sdk', logLevel: 'silent' },
    alias: { '#platform': join(source, 'platform/browser/index.ts') },
  });
  const { console, URL, URLSearchParams, AbortController, AbortSignal, crypto, performance, btoa, atob } = globalThis;
  const { setTimeout, clearTimeout, setInterval, clearInterval, fetch, Request, Response, ReadableStream } = globalThis;
  const page = vm.createContext({
    ...{
      btoa,
      atob,
      console,
      URL,
      URLSearchParams,
      AbortController,
      AbortSignal,
      crypto,
      performance,
      setTimeout,
      clearTimeout,
    },
    ...{ setInterval, clearInterval, fetch, Request, Response, ReadableStream, TextEncoder, TextDecoder, ...globals },
  });
  return vm.runInContext(`${outputFiles[0]?.text}\n(async () => { ${program} })()`, page);
}

const read = (client: string): string => `
  const texts = [];
  try {
    for await (const { text } of new sdk.Bacalhau(${client}).jobs.handle('${JOB_ID}').logs({ lines: true })) texts.push(text);
  } catch (error) {
    return error.name + ': ' + error.message;
  }
  return texts.join(' ');`;

test('a browser reads logs over its own WebSocket, if no header is needed', async () => {
  await using server = await logFaultServer(({ send, socket }) => {
    send(['one\n', 'two\n', 'three']);
    socket.close(1000);
  });
  server.executionState = 9;
  server.jobState = 'Completed';
  expect(await inPage(read(`{ baseUrl: '${server.url}' }`), { WebSocket })).toBe('one two three');
  const withHeaders = read(`{ baseUrl: '${server.url}', headers: { Authorization: 'Bearer secret' } }`);
  const refused = await inPage(withHeaders, { WebSocket });
  expect(refused).toMatch(/^UnsupportedRuntimeError: .*\(Authorization\).*on a server, or through a gateway/);
  expect(refused).not.toContain('secret');
  expect(await inPage(read(`{ baseUrl: '${server.url}' }`))).toMatch(/^UnsupportedRuntimeError: .*no WebSocket/);
}, 30_000);
