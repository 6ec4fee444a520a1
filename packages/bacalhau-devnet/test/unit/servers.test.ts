import { checkOptions, checkServerOptions } from '../../src/check-options.js';
import type { DevnetOptions } from '../../src/options.js';
import { kindOfBinary, namedKind, SERVERS } from '../../src/servers/table.js';
import { PINNED_SERVER_VERSION, SERVER_VERSIONS } from '../../src/servers/versions.js';

const invalid = (message: string) => expect.objectContaining({ code: 'INVALID_OPTIONS', message });

/** What is thrown, which `toThrow` does not compare in whole. */
function thrown(work: () => unknown): unknown {
  try {
    work();
  } catch (error) {
    return error;
  }
  return undefined;
}

describe('the table of servers', () => {
  test('has a row for each version, the oldest first, and the one that is built by default last', () => {
    expect(SERVERS.map(({ version }) => version)).toEqual(SERVER_VERSIONS);
    expect(`v${SERVERS.at(-1)?.version}`).toBe(PINNED_SERVER_VERSION);
  });

  test.each([
    ['1.6.0', '1.6.0'],
    ['v0.3.16', '0.3.16'],
    ['./1.6.0', undefined],
    ['/usr/bin/bacalhau', undefined],
    ['bacalhau-1.6.0', undefined],
  ])('%s names %s', (text, version) => {
    expect(namedKind(text)?.version).toBe(version);
  });

  test.each(['1.5.2', '2', '1.6.0-rc1'])('says which versions there are instead of %s', (text) => {
    expect(thrown(() => namedKind(text))).toEqual(
      invalid(
        `server must be 'auto', 'pinned', the path of a binary, or one of the versions 0.3.16, 1.4.0, 1.6.0, 1.9.3; not "${text}"`,
      ),
    );
  });

  test.each([
    ['v0.3.16', '0.3.16'],
    ['v0.3.29', undefined],
    ['v1.3.2', undefined],
    ['v1.4.0', '1.4.0'],
    ['v1.5.2', undefined],
    ['v1.6.4', '1.6.0'],
    ['v1.7.0', '1.6.0'],
    ['v1.8.0-rc1', '1.9.3'],
    ['v1.9.3', '1.9.3'],
    ['v2.0.0', '1.9.3'],
    ['v0.0.0-xxxxxxx', '1.9.3'],
  ])('starts a binary of %s like %s', (reported, version) => {
    expect(kindOfBinary(reported)?.version).toBe(version);
  });
});

describe('options that a server cannot have', () => {
  const check = (server: string, options: DevnetOptions): unknown =>
    thrown(() => {
      const kind = namedKind(server);
      if (kind !== undefined) checkServerOptions(kind, { computeNodes: 1, ...options });
    });

  test.each([
    ['1.6.0', { signedApi: true }, 'signedApi', '1.4.0'],
    ['0.3.16', { signedApi: true }, 'signedApi', '1.4.0'],
    ['1.9.3', { executor: 'docker' }, 'executor', '0.3.16'],
    ['0.3.16', { config: {} }, 'config', '1.4.0 or 1.6.0 or 1.9.3'],
    ['0.3.16', { computeConfig: {} }, 'computeConfig', '1.4.0 or 1.6.0 or 1.9.3'],
  ] as const)('%s with %j', (server, options, name, others) => {
    expect(check(server, options)).toEqual(
      invalid(`Bacalhau ${server} cannot have the option "${name}". Leave it out, or use the server ${others}.`),
    );
  });

  test.each([
    ['1.4.0', { signedApi: true }],
    ['1.9.3', { signedApi: false }],
    ['0.3.16', { executor: 'noop', hostPorts: [80], port: 1234 }],
    ['1.9.3', { computeNodes: 0, config: {} }],
  ] as const)('are not among those of %s: %j', (server, options) => {
    expect(check(server, options)).toBeUndefined();
  });

  test.each([
    ['0.3.16', 0, 'computeNodes must be a whole number from 1 to 10 with Bacalhau 0.3.16, not 0'],
    ['0.3.16', 11, 'computeNodes must be a whole number from 1 to 10 with Bacalhau 0.3.16, not 11'],
    ['1.4.0', 1.5, 'computeNodes must be a whole number from 0 to 50 with Bacalhau 1.4.0, not 1.5'],
  ])('%s with %p nodes', (server, computeNodes, message) => {
    expect(check(server, { computeNodes })).toEqual(invalid(message));
  });

  test('ports must be ports', () => {
    expect(thrown(() => checkOptions({ port: 0 }))).toEqual(
      invalid('port must be a whole number from 1 to 65535, not 0'),
    );
    expect(thrown(() => checkOptions({ hostPorts: [80, 70_000] }))).toEqual(
      invalid('hostPorts must be a whole number from 1 to 65535, not 70000'),
    );
    expect(thrown(() => checkOptions({ port: 1, hostPorts: [65_535] }))).toBeUndefined();
  });
});
