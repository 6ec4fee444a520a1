import { AsyncLocalStorage } from 'node:async_hooks';
import { Bacalhau } from '../../src/client/bacalhau.js';
import { NotFoundError } from '../../src/errors/api-errors.js';
import type { Instrumentation, Job } from '../../src/index.js';
import { faultServer, json, text } from '../support/fault-server.js';
import { keyDirectory } from '../support/key-directory.js';
import { within } from '../support/within.js';

const dir = keyDirectory();
const KEY = 'key-0123456789-secret';
const lines: string[] = [];
const logger = { debug() {}, info() {}, error() {}, warn: (line: string) => lines.push(line) };
beforeEach(() => lines.splice(0));

const client = (baseUrl: string, instrumentation: Instrumentation) =>
  new Bacalhau({ baseUrl, dir, env: {}, logger, auth: { apiKey: KEY }, instrumentation });

const idOf = (digit: number): string => `j-00000000-0000-4000-8000-00000000000${digit}`;
const job = (ID: string, StateType: string): Job => ({ ID, Type: 'batch', Tasks: [], State: { StateType } });

/** Records what is observed as lines, each with what it is a part of, by an asynchronous context as tracers use one. */
function recorder() {
  const contexts = new AsyncLocalStorage<string>();
  const seen: string[] = [];
  const observe = (what: string) => {
    const path = [contexts.getStore(), what].filter((part) => part !== undefined).join(' > ');
    seen.push(path);
    return {
      run: <T>(work: () => Promise<T>): Promise<T> => contexts.run(path, work),
      end: (end: object) => {
        const entries = Object.entries(end).filter(([, value]) => value !== undefined);
        const known = entries.map(([name, value]) => `${name} ${value instanceof Error ? value.name : value}`);
        seen.push(['end', path, ...known].join(', '));
      },
    };
  };
  const instrumentation: Instrumentation = {
    startOperation: ({ name, jobId }) => observe(jobId === undefined ? name : `${name} ${jobId.slice(-1)}`),
    startRequest: ({ method, attempt }) => observe(`${method} ${attempt}`),
  };
  return { instrumentation, seen };
}

test('a call is observed with each of its requests, and how they ended', async () => {
  await using server = await faultServer((response, number) => {
    if (number === 1) text(response, 503, 'busy', { 'retry-after': '0' });
    else json(response, 404, { Status: 404, Message: 'no', Code: 'NotFound' });
  });
  const { instrumentation, seen } = recorder();
  await expect(client(server.url, instrumentation).jobs.get(idOf(1))).rejects.toBeInstanceOf(NotFoundError);
  expect(seen).toEqual([
    'jobs.get 1',
    'jobs.get 1 > GET 1',
    'end, jobs.get 1 > GET 1, status 503',
    'jobs.get 1 > GET 2',
    'end, jobs.get 1 > GET 2, status 404',
    'end, jobs.get 1, error NotFoundError',
  ]);
});

test('polls belong to the wait for their job, also after the wait that started the loop has ended', async () => {
  let polls = 0;
  await using server = await faultServer((response) => {
    polls += 1;
    const id = server.seen.at(-1)?.url.match(/j-[-\w]+/)?.[0] ?? '';
    json(response, 200, { Job: job(id, id === idOf(1) || polls > 6 ? 'Completed' : 'Running') });
  });
  const { instrumentation, seen } = recorder();
  const { jobs } = client(server.url, instrumentation);
  await within(20_000, 'the waits', Promise.all([1, 2].map((digit) => jobs.handle(idOf(digit)).wait())));
  const polled = seen.filter((line) => /^job\.wait \d > \S+ \d$/.test(line));
  expect(new Set(polled)).toEqual(new Set(['job.wait 1 > jobs.get 1', 'job.wait 2 > jobs.get 2']));
  const firstEnd = seen.findIndex((line) => line.startsWith('end, job.wait 1'));
  expect(seen.slice(firstEnd).filter((line) => line.startsWith('job.wait 1'))).toEqual([]);
  expect(seen.slice(firstEnd)).toContain('job.wait 2 > jobs.get 2');
});

test('what begins in turns of a loop belongs to it, and leaving the loop ends it', async () => {
  await using server = await faultServer((response) =>
    json(response, 200, { GitVersion: 'v1.9.3', Nodes: [], Items: [], NextToken: '' }),
  );
  const { instrumentation, seen } = recorder();
  const { jobs } = client(server.url, instrumentation);
  const items = jobs.map([1], () => {
    throw new TypeError('no job for it');
  });
  for await (const item of items) {
    expect(item.status).toBe('rejected');
    await jobs.list();
    break;
  }
  expect(seen).toContain('jobs.list'); // in the loop's body, which is the caller's
  expect(seen[0]).toBe('jobs.map');
  expect(seen.filter((line) => /^(?!jobs\.list|end)/.test(line)).every((line) => line.startsWith('jobs.map'))).toBe(
    true,
  );
  expect(seen.at(-1)).toBe('end, jobs.map');
});

describe('an observer changes no outcome', () => {
  const fail = (): never => {
    throw new Error(`the observer's own mistake, ${KEY}`);
  };
  const twice = async <T>(work: () => Promise<T>): Promise<T> => {
    await work();
    return work();
  };
  const observers: Record<string, Instrumentation> = {
    'that throws at the beginning': { startOperation: fail, startRequest: fail },
    'that throws in between': { startOperation: () => ({ run: fail }), startRequest: () => ({ run: fail }) },
    'that throws at the end': { startOperation: () => ({ end: fail }), startRequest: () => ({ end: fail }) },
    'that runs nothing': {
      startOperation: () => ({ run: () => new Promise(() => {}) }),
      startRequest: () => ({ run: () => new Promise(() => {}) }),
    },
    'that runs the work twice': {
      startOperation: () => ({ run: twice }),
      startRequest: () => ({ run: twice }),
    },
    'that rejects': {
      startOperation: () => ({ run: (work) => work().then(fail) }),
      startRequest: () => ({ run: (work) => work().then(fail) }),
    },
    'that knows nothing': { startOperation: () => undefined },
  };
  test.each(Object.entries(observers))('%s', async (_name, instrumentation) => {
    await using server = await faultServer((response, number) =>
      number === 1 ? json(response, 200, { Job: job(idOf(1), 'Running') }) : text(response, 404, 'no'),
    );
    const { jobs } = client(server.url, instrumentation);
    expect((await jobs.get(idOf(1))).Job?.ID).toBe(idOf(1));
    await expect(jobs.get(idOf(1))).rejects.toThrow('404');
    expect(server.seen).toHaveLength(2);
    expect(lines.join()).not.toContain(KEY);
  });
});

test('an observer adds headers to requests, but replaces none and breaks none', async () => {
  await using server = await faultServer((response) => json(response, 200, { Job: job(idOf(1), 'Running') }));
  const { jobs } = client(server.url, {
    startRequest: (request) => {
      request.setHeader('traceparent', '00-1-2-01');
      request.setHeader('authorization', 'Bearer stolen');
      request.setHeader('tracestate', 'broken\r\nx: y');
      return undefined;
    },
  });
  await jobs.get(idOf(1));
  expect(server.seen[0]?.headers).toMatchObject({ traceparent: '00-1-2-01', authorization: `Bearer ${KEY}` });
  expect(server.seen[0]?.headers).not.toHaveProperty('tracestate');
  expect(lines.join()).toContain('tracestate');
});

test('an observer sees no secrets', async () => {
  await using server = await faultServer((response, number) => {
    if (number === 1) response.destroy();
    else text(response, 400, KEY);
  });
  const seen: unknown[] = [];
  const note = (what: unknown) => {
    seen.push(what);
    return { end: (end: unknown) => void seen.push(end) };
  };
  const { jobs } = client(server.url, { startOperation: note, startRequest: note });
  await expect(jobs.get(KEY)).rejects.toThrow();
  const { inspect } = await import('node:util');
  expect(inspect(seen, { depth: 10, showHidden: true }).replaceAll(`jobId: '${KEY}'`, '')).not.toContain(KEY);
});

test('hooks and observers that reject change nothing, and are logged', async () => {
  await using server = await faultServer((response) => json(response, 200, { Job: job(idOf(1), 'Running') }));
  const reject = async (): Promise<never> => {
    throw new Error('of the application');
  };
  await using bacalhau = new Bacalhau({
    ...{ baseUrl: server.url, dir, env: {}, logger, onRequest: reject, onResponse: reject },
    instrumentation: { startOperation: () => ({ end: reject }), startRequest: () => ({ end: reject }) },
  });
  expect((await bacalhau.jobs.get(idOf(1))).Job?.ID).toBe(idOf(1));
  await new Promise((resolve) => setImmediate(resolve));
  const told = lines.map((line) => line.replace('bacalhau-sdk: ', ''));
  const names = ['onRequest', 'instrumentation', 'onResponse', 'instrumentation'];
  expect(told).toEqual(names.map((name) => `${name} threw: of the application`));
});
