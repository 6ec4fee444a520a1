import { docker } from '../../src/builders/docker.js';
import { inputs } from '../../src/builders/inputs.js';
import { wasm } from '../../src/builders/wasm.js';
import { catModule } from '../support/cat-module.js';
import { networkClient } from '../support/network.js';
import { testWith } from '../support/requirements.js';
import { hostPort } from '../support/server.js';

const { jobs } = networkClient();
const BUSYBOX = process.env['BACALHAU_TEST_BUSYBOX_IMAGE'] ?? 'busybox:latest';
/** Small enough to run beside the jobs of other tests. */
const small = { resources: { cpu: '10m', memory: '32MB' }, timeouts: { queueSeconds: 60 } };

const served = (bytes: string | Uint8Array, target: string) =>
  inputs.files(new File([bytes], 'x'), { target, via: { serve: { host: '127.0.0.1', port: hostPort() } } });
const two = () => [served('one\n', '/in/a'), served('two\n', '/in/b c.txt')];

testWith(['run', 'own-network'], 'a WebAssembly job reads files and its module from this process', async () => {
  const job = wasm({
    ...{ ...small, parameters: ['in/a', 'in/b c.txt'], inputs: two() },
    module: served(await catModule(), '/module/cat.wasm'),
  });
  expect((await jobs.run(job)).stdout).toBe('one\ntwo\n');
});

testWith(['run', 'docker', 'own-network'], 'a Docker job reads files from this process', async () => {
  const job = docker({ ...small, image: BUSYBOX, parameters: ['cat', '/in/a', '/in/b c.txt'], inputs: two() });
  expect((await jobs.run(job)).stdout).toBe('one\ntwo\n');
});
