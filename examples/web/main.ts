// Serves the page and prints its address: main.ts [--built] [--port PORT]. `--built` builds it first and serves the build.
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Bacalhau } from 'bacalhau-sdk';
import { build, createServer, preview } from 'vite';

const { values } = parseArgs({
  options: { built: { type: 'boolean', default: false }, port: { type: 'string', default: '5173' } },
});

const root = import.meta.dirname;
const common = { root, configFile: join(root, 'vite.config.ts') };
const address = { host: '127.0.0.1', port: Number(values.port) };

async function start(): Promise<string | undefined> {
  if (!values.built) {
    const server = await createServer({ ...common, server: address });
    await server.listen();
    return server.resolvedUrls?.local[0];
  }
  await build({ ...common, logLevel: 'warn' });
  const server = await preview({ ...common, preview: address });
  return server.resolvedUrls?.local[0];
}

const url = new URL((await start()) ?? '');
url.searchParams.set('server', new Bacalhau().baseUrl);
console.log(`Open ${url}`);
