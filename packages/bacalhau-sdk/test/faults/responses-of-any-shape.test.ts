import fc from 'fast-check';
import { Bacalhau } from '../../src/client/bacalhau.js';
import { BacalhauError } from '../../src/errors/base.js';
import { faultServer, json } from '../support/fault-server.js';
import { within } from '../support/within.js';

const outcomeOf = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => undefined,
    (error: unknown) => error,
  );

describe('a response', () => {
  const event = {
    Type: 'JobLevel',
    Time: '2024-01-01T00:00:00Z',
    Event: { Message: 'm', Topic: 't', Details: { IsError: 'true' } },
  };
  const execution = {
    ID: 'e-1',
    NodeID: 'n-1',
    JobID: 'j-1',
    ComputeState: { StateType: 9 },
    RunOutput: { Stdout: '', ExitCode: 0 },
  };
  const Job = { ID: 'j-1', Type: 'batch', Version: 1, Tasks: [], State: { StateType: 'Failed', Message: 'm' } };
  const whole = { NextToken: '', Items: [event, execution, Job], Nodes: [], Job, GitVersion: 'v1.9.3' };

  /** The answer with one of its parts, at any depth, replaced by any JSON. */
  const spoilt = fc.tuple(fc.nat(), fc.jsonValue()).map(([at, other]) => {
    let left = at % 45;
    return JSON.parse(JSON.stringify(whole), (_key, value: unknown) => (left-- === 0 ? other : value)) as unknown;
  });

  const calls: Readonly<Record<string, (bacalhau: Bacalhau) => Promise<unknown>>> = {
    history: async (bacalhau) => {
      for await (const _ of bacalhau.jobs.history('j-1', { limit: 2 }));
    },
    list: async (bacalhau) => {
      for await (const _ of bacalhau.jobs.list({ limit: 2 }));
    },
    executions: async (bacalhau) => bacalhau.jobs.executions('j-1'),
    get: async (bacalhau) => bacalhau.jobs.get('j-1'),
    wait: (bacalhau) => bacalhau.jobs.handle('j-1').wait({ timeoutMs: 60 }),
    run: async (bacalhau) =>
      bacalhau.jobs.run(
        { Type: 'batch', Tasks: [{ Name: 'a', Engine: { Type: 'docker', Params: { Image: 'i' } } }] },
        // Stopping a job at a server like this takes seconds.
        { timeoutMs: 60, stopOnAbort: false },
      ),
    results: (bacalhau) => bacalhau.jobs.handle('j-1').typedResults(),
  };

  test.each(Object.keys(calls))(
    'to %s of any shape is accepted, or refused as unexpected',
    async (name) => {
      let answer: unknown;
      let asked = 0;
      await using server = await faultServer((response) => {
        asked += 1;
        // A list whose token never ends would be walked for ever, and rightly so.
        json(response, 200, asked % 5 === 0 ? whole : answer);
      });
      await fc.assert(
        fc.asyncProperty(spoilt, async (body) => {
          answer = body;
          await using bacalhau = new Bacalhau({
            baseUrl: server.url,
            env: {},
            auth: false,
            logLevel: 'off',
            maxRetries: 0,
          });
          const failure = await within(20_000, name, outcomeOf(calls[name]?.(bacalhau) ?? Promise.reject(name)));
          if (failure !== undefined && !(failure instanceof BacalhauError)) throw failure;
        }),
        { numRuns: 60 },
      );
    },
    60_000,
  );
});
