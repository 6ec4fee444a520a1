import { randomBytes } from 'node:crypto';
import fs from 'node:fs/promises';
import net from 'node:net';
import path from 'node:path';
import { buildProgram } from './go-program.mjs';
import { startService, untilReady } from './processes.mjs';

/** @typedef {import('./run.mjs').Run} Run */

const BUCKET = 'bacalhau-test';

/** @param {Run} run */
export const buildS3 = (run) =>
  buildProgram(run, { name: 's3', program: 'versitygw', source: 'github.com/versity/versitygw/cmd/versitygw' });

/** Starts an S3 server on files, with one empty bucket, and returns how to use it. */
export async function startS3(/** @type {Run} */ run, /** @type {string} */ versitygw) {
  const folder = path.join(run.folder, 's3');
  // A folder is a bucket.
  await fs.mkdir(path.join(folder, BUCKET), { recursive: true });
  const [access, secret] = [randomBytes(10).toString('hex'), randomBytes(20).toString('hex')];
  const port = await freePort();
  const env = { ROOT_ACCESS_KEY: access, ROOT_SECRET_KEY: secret };
  const args = ['--port', `127.0.0.1:${port}`, '--region', 'us-east-1', 'posix', folder];
  const service = startService(run, 's3', versitygw, args, env);
  const endpoint = `http://127.0.0.1:${port}`;
  return untilReady(service, async () => {
    // It refuses who signs nothing, which is an answer.
    const response = await fetch(`${endpoint}/${BUCKET}`, { signal: AbortSignal.timeout(5_000) });
    return response.status === 403 ? { endpoint, access, secret, bucket: BUCKET } : undefined;
  });
}

/** The server cannot say which port it chose itself. */
async function freePort() {
  const server = net.createServer();
  await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('no port was free');
  return address.port;
}
