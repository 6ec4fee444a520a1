import http from 'node:http';

/**
 * One request to Docker's own API, which spares the testbed a client program.
 *
 * @param {string} socketPath
 * @param {string} method
 * @param {string} target
 * @returns {Promise<{status: number, body: string}>}
 */
export function dockerRequest(socketPath, method, target, timeoutMs = 10_000) {
  return new Promise((resolve, reject) => {
    const options = { socketPath, method, path: target, agent: false, signal: AbortSignal.timeout(timeoutMs) };
    const request = http.request(options, (response) => {
      let body = '';
      response.setEncoding('utf8');
      response.on('data', (/** @type {string} */ text) => {
        body += text;
      });
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body }));
      response.on('error', reject);
    });
    request.on('error', reject);
    request.end();
  });
}

/** Removes all containers at once; a container that ignores being asked to stop would keep Docker waiting. */
export async function removeContainers(/** @type {string} */ socketPath) {
  const { body } = await dockerRequest(socketPath, 'GET', '/containers/json?all=1');
  /** @type {{Id: string}[]} */
  const containers = JSON.parse(body);
  await Promise.all(
    containers.map(({ Id }) => dockerRequest(socketPath, 'DELETE', `/containers/${Id}?force=1&v=1`, 20_000)),
  );
}

/** Makes Docker fetch an image by the very name the jobs use. */
export async function pullImage(/** @type {string} */ socketPath, /** @type {string} */ image) {
  await dockerRequest(socketPath, 'POST', `/images/create?fromImage=${encodeURIComponent(image)}`, 120_000);
  const found = await dockerRequest(socketPath, 'GET', `/images/${image}/json`);
  if (found.status !== 200) throw new Error(`Docker cannot fetch ${image}`);
}
