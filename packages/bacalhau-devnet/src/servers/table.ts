import { findGo, findLegacyGo } from '../binary/go.js';
import { DevnetError } from '../errors.js';
import { nodesConnected, nodesReported, orchestratorAnswers } from '../readiness.js';
import { devstackAnswers, devstackNodeIds, planDevstack } from './devstack.js';
import type { ServerKind } from './kind.js';
import { planServe, servePorts } from './serve.js';
import { config14, currentConfig } from './serve-config.js';
import { isOlder, PINNED_SERVER_VERSION, SERVER_VERSIONS, type ServerVersion, versionNumbers } from './versions.js';

const SERVE_NODES = { least: 0, most: 50 };

/** What 1.4 and 1.6 embed, and their published modules lack. */
const WITHOUT_WEB_INTERFACE = {
  'webui/build/index.html': '<html></html>\n',
  'webui/build/x/x.txt': 'x\n',
};

const source = (version: ServerVersion, files: readonly string[]) => ({
  package: 'github.com/bacalhau-project/bacalhau',
  folder: `servers/${version}`,
  files,
});
const WITH_TOOLS: readonly string[] = ['go.mod', 'go.sum', 'tools.go'];

/** Everything in which the servers differ, the oldest first. */
export const SERVERS: readonly ServerKind[] = [
  {
    version: '0.3.16',
    starts: { from: '0.3.16', before: '0.3.17' },
    source: {
      ...source('0.3.16', WITH_TOOLS),
      package: 'github.com/filecoin-project/bacalhau',
      findGo: findLegacyGo,
    },
    network: 'namespace',
    computeNodes: { least: 1, most: 10 },
    lacks: ['config', 'orchestratorConfig', 'computeConfig', 'signedApi'],
    restarts: false,
    ports: (computeNodes) => computeNodes,
    plan: planDevstack,
    answers: devstackAnswers,
    nodeIds: devstackNodeIds,
    connected: devstackAnswers,
  },
  {
    version: '1.4.0',
    starts: { from: '1.4.0', before: '1.5.0' },
    source: { ...source('1.4.0', WITH_TOOLS), added: WITHOUT_WEB_INTERFACE, findGo },
    network: 'namespace',
    computeNodes: SERVE_NODES,
    lacks: ['executor'],
    restarts: true,
    ports: servePorts,
    plan: (input, settings) => planServe(config14, input, settings),
    answers: orchestratorAnswers,
    connected: nodesReported,
  },
  {
    version: '1.6.0',
    starts: { from: '1.6.0', before: '1.8.0' },
    source: { ...source('1.6.0', WITH_TOOLS), added: WITHOUT_WEB_INTERFACE, findGo },
    network: 'namespace',
    computeNodes: SERVE_NODES,
    lacks: ['executor', 'signedApi'],
    restarts: true,
    ports: servePorts,
    plan: (input, settings) => planServe(currentConfig, input, settings),
    answers: orchestratorAnswers,
    connected: nodesConnected,
  },
  {
    version: '1.9.3',
    starts: { from: '1.8.0' },
    source: { ...source('1.9.3', ['go.mod', 'go.sum']), findGo },
    network: 'loopback',
    computeNodes: SERVE_NODES,
    lacks: ['executor', 'signedApi'],
    restarts: true,
    ports: servePorts,
    plan: (input, settings) => planServe(currentConfig, input, settings),
    answers: orchestratorAnswers,
    connected: nodesConnected,
  },
];

/** The row of the server that is built when none is found. */
export const PINNED_KIND = row(PINNED_SERVER_VERSION);

/**
 * Returns the row that a version names, with or without `v`; undefined for a text that is no version.
 *
 * @throws DevnetError `INVALID_OPTIONS` for a version that is not in the table
 */
export function namedKind(text: string): ServerKind | undefined {
  return /^v?\d+(\.\d+)*(-[\w.]+)?$/.test(text) ? row(text) : undefined;
}

function row(text: string): ServerKind {
  const kind = SERVERS.find(({ version }) => version === text.replace(/^v/, ''));
  if (kind !== undefined) return kind;
  throw new DevnetError(
    'INVALID_OPTIONS',
    `server must be 'auto', 'pinned', the path of a binary, or one of the versions ${SERVER_VERSIONS.join(', ')}; not "${text}"`,
  );
}

/** Returns the row by which a binary is started; undefined if there is none. A build without a version stamp is new. */
export function kindOfBinary(version: string): ServerKind | undefined {
  const numbers = versionNumbers(version);
  if (numbers === undefined) return SERVERS.at(-1);
  return SERVERS.find(({ starts: { from, before } }) => {
    const [first, end] = [versionNumbers(from), before === undefined ? undefined : versionNumbers(before)];
    return first !== undefined && !isOlder(numbers, first) && (end === undefined || isOlder(numbers, end));
  });
}

/** Says which binaries can be started. */
export function startableVersions(): string {
  const lines = SERVERS.map(({ starts: { from, before } }) =>
    before === undefined ? `${from} or newer` : `${from} to before ${before}`,
  );
  return lines.join(', ');
}
