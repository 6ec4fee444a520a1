/** Logs of executions whose node was killed. */

import type { DevnetNode } from 'bacalhau-devnet';
import { Bacalhau } from '../../src/client/bacalhau.js';
import { keyDirectory } from '../support/key-directory.js';
import { shellJob, textOf } from '../support/logs.js';
import { collect } from '../support/network.js';
import { describeWith } from '../support/requirements.js';
import { mortalDevnet } from '../support/restart.js';
import { until, within } from '../support/within.js';

const dir = keyDirectory();

describeWith(['docker'], 'the log of an execution whose node was killed', () => {
  test('ends with the remaining output: in a follow when the job has ended on another node, and afterwards', async () => {
    await using devnet = await mortalDevnet({
      computeNodes: 2,
      orchestratorConfig: { Orchestrator: { NodeManager: { DisconnectTimeout: '5s' } } },
    });
    await using bacalhau = new Bacalhau({ baseUrl: devnet.url, env: {}, dir, logLevel: 'off' });
    const kill = (nodeId: string): void => {
      const node = devnet.nodes.find(({ id }: DevnetNode) => id === nodeId);
      if (node === undefined) throw new Error(`There is no node ${nodeId}.`);
      process.kill(node.pid, 'SIGKILL');
    };
    const { Job } = shellJob('echo begin; sleep 8; echo end');
    const job = await bacalhau.jobs.submit(Job);

    const texts = new Map<string, string>();
    let first: string | undefined;
    const following = async (): Promise<void> => {
      for await (const { text, executionId } of job.logs({ follow: true })) {
        texts.set(executionId, (texts.get(executionId) ?? '') + text);
        if (first !== undefined) continue;
        first = executionId;
        const { items } = await job.executions();
        kill(items.find(({ ID }) => ID === executionId)?.NodeID ?? '');
      }
    };
    await within(150_000, 'the follow', following());
    expect((await job.wait()).State?.StateType).toBe('Completed');
    expect([...texts.values()]).toEqual(['begin\n', 'begin\nend\n']);

    // Of the execution on the dead node, its state may have nothing; that is said.
    const lost = await within(60_000, 'its log', collect(job.logs({ executionId: first })));
    expect(lost.at(-1)).toMatchObject({ incomplete: true, incompleteReason: expect.any(String) });

    const { items } = await job.executions();
    const last = items.find(({ ID }) => ID !== first);
    kill(last?.NodeID ?? '');
    const gone = async (): Promise<boolean> =>
      (await bacalhau.nodes.get(last?.NodeID ?? '')).ConnectionState?.Status === 'DISCONNECTED';
    let isGone = false;
    const looking = setInterval(
      () =>
        void gone().then((is) => {
          isGone ||= is;
        }),
      500,
    );
    await within(
      60_000,
      'the node',
      until(() => isGone),
    );
    clearInterval(looking);
    const startedAt = performance.now();
    const copy = await within(60_000, 'the log', collect(job.logs({ executionId: last?.ID })));

    expect(textOf(copy)).toBe('begin\nend\n');
    expect(copy.every(({ incomplete }) => incomplete)).toBe(true);
    expect(performance.now() - startedAt).toBeLessThan(30_000);
  }, 300_000);
});
