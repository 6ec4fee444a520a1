import fs from 'node:fs/promises';
import path from 'node:path';
import { startService, untilReady } from './processes.mjs';

/** Starts an image registry on a port that the system chooses, and returns its address. */
export async function startRegistry(/** @type {import('./run.mjs').Run} */ run) {
  const file = path.join(run.folder, 'registry.yml');
  const config = {
    version: '0.1',
    log: { accesslog: { disabled: true } },
    storage: { filesystem: { rootdirectory: path.join(run.folder, 'registry') } },
    http: { addr: '127.0.0.1:0' },
  };
  // JSON is YAML, too.
  await fs.writeFile(file, JSON.stringify(config));

  const service = startService(run, 'registry', 'docker-registry', ['serve', file], { OTEL_TRACES_EXPORTER: 'none' });
  return untilReady(service, async () => {
    const port = /listening on 127\.0\.0\.1:(\d+)/.exec(await fs.readFile(service.log, 'utf8'))?.[1];
    if (!port) return undefined;
    const url = `http://127.0.0.1:${port}`;
    const response = await fetch(`${url}/v2/`, { signal: AbortSignal.timeout(5_000) });
    return response.ok ? url : undefined;
  });
}
