import { nodeReaderAuthorization } from '../credentials.js';
import { type JsonObject, valueAt } from '../json.js';
import { apiHost, LOOPBACK, type ServeConfig } from './serve.js';

/** The configuration of 1.6 and newer: a file and a data directory, each named by a flag. */
export const currentConfig: ServeConfig = {
  defaults: {
    // No telemetry from a developer's machine.
    DisableAnalytics: true,
    UpdateConfig: { Interval: '0s' },
    WebUI: { Enabled: false },
    Logging: { Level: 'info' },
    // Nobody starts a devnet to see a job wait: a minute for another look, 15 seconds for what nodes have room for.
    Orchestrator: { Scheduler: { QueueBackoff: '2s' } },
    Compute: { Heartbeat: { Interval: '1s' } },
  },
  orchestrator: ({ api, bus }) => ({
    API: { Host: LOOPBACK, Port: api },
    Orchestrator: { Host: LOOPBACK, Port: bus },
  }),
  compute: ({ api, bus, publisher }) => ({
    API: { Host: LOOPBACK, Port: api },
    Compute: { Orchestrators: [`nats://${LOOPBACK}:${bus}`] },
    Publishers: { Types: { Local: { Address: LOOPBACK, Port: publisher } } },
  }),
  fixed: ({ role }) => ({
    Orchestrator: { Enabled: role === 'orchestrator' },
    Compute: { Enabled: role === 'compute' },
  }),
  file: ({ dir, name }) => `${dir}/${name}.yaml`,
  folders: () => [],
  args: ({ dataDir, file, id }) => ['serve', '--data-dir', dataDir, '--config', file, '--name', id],
  env: () => ({}),
  apiPort: (config) => Number(valueAt(config, 'API', 'Port')),
  busPort: (config) => Number(valueAt(config, 'Orchestrator', 'Port')),
  publisherPort: (config) => Number(valueAt(config, 'Publishers', 'Types', 'Local', 'Port')),
  api: (config) => ({
    host: apiHost(valueAt(config, 'API', 'Host')),
    tls: usesTls(config, ['API', 'TLS'], 'CertFile', 'KeyFile'),
    selfSigned: Boolean(valueAt(config, 'API', 'TLS', 'SelfSigned')),
    authorization: nodeReaderAuthorization(config),
    approvedByHand: valueAt(config, 'Orchestrator', 'NodeManager', 'ManualApproval') === true,
    logsConnections: ['trace', 'debug', 'info'].includes(String(valueAt(config, 'Logging', 'Level')).toLowerCase()),
  }),
};

/** The configuration of 1.4: a file in the data directory, with other names. */
export const config14: ServeConfig = {
  defaults: {
    Update: { SkipChecks: true },
    Node: { WebUI: { Enabled: false } },
  },
  // The port for its nodes is on all addresses: there is no setting for one.
  orchestrator: ({ api, bus }) => ({
    Node: { ServerAPI: { Host: LOOPBACK, Port: api }, Network: { Port: bus } },
  }),
  compute: ({ api, bus, publisher, dataDir }) => ({
    Node: {
      ServerAPI: { Host: LOOPBACK, Port: api },
      Network: { Orchestrators: [`nats://${LOOPBACK}:${bus}`] },
      Compute: { LocalPublisher: { Address: LOOPBACK, Port: publisher, Directory: publisherDir(dataDir) } },
    },
  }),
  fixed: ({ role, id }) => ({ Node: { Type: [role === 'orchestrator' ? 'requester' : 'compute'], Name: id } }),
  file: ({ dataDir }) => `${dataDir}/config.yaml`,
  folders: (dataDir) => [publisherDir(dataDir)],
  args: ({ dataDir }) => ['serve', '--repo', dataDir],
  env: ({ signedApi }) => ({
    DO_NOT_TRACK: '1',
    ...(signedApi ? { REQUESTER_ENDPOINT_USE_DEPRECATED_ENV: '1' } : {}),
  }),
  apiPort: (config) => Number(valueAt(config, 'Node', 'ServerAPI', 'Port')),
  busPort: (config) => Number(valueAt(config, 'Node', 'Network', 'Port')),
  publisherPort: (config) => Number(valueAt(config, 'Node', 'Compute', 'LocalPublisher', 'Port')),
  api: (config) => ({
    host: apiHost(valueAt(config, 'Node', 'ServerAPI', 'Host')),
    tls: usesTls(config, ['Node', 'ServerAPI', 'TLS'], 'ServerCertificate', 'ServerKey'),
    selfSigned: Boolean(valueAt(config, 'Node', 'ServerAPI', 'TLS', 'SelfSigned')),
    authorization: undefined,
    approvedByHand: valueAt(config, 'Node', 'Requester', 'ManualNodeApproval') === true,
    logsConnections: false,
  }),
};

/** Where a local publisher of 1.4 has its files: by default all nodes have theirs in one folder of the system. */
const publisherDir = (dataDir: string): string => `${dataDir}/published`;

/** Whether a node's API uses TLS, by the server's rules. */
function usesTls(config: JsonObject, path: readonly string[], certificate: string, privateKey: string): boolean {
  const set = (key: string) => Boolean(valueAt(config, ...path, key));
  return set('AutoCert') || set('SelfSigned') || (set(certificate) && set(privateKey));
}
