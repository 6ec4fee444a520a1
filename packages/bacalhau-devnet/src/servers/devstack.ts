import { existsSync } from 'node:fs';
import { messageOf } from '../errors.js';
import { callHttp } from '../http.js';
import { parseJson } from '../json.js';
import type { NetworkPlan, NodePlan, PlanInput } from '../plan.js';
import type { Readiness } from '../readiness.js';
import { logFile, temporaryDir } from '../supervisor/protocol.js';
import type { ServerSettings } from './kind.js';
import { keptFolder, LOOPBACK } from './serve.js';

/** The port of the first node's API within the namespace; the others follow. */
const FIRST_API_PORT = 20_000;
const CALL_TIMEOUT_MS = 2_000;

/** The file that the server creates in its temporary directory once all nodes are up. */
const readyFile = (dir: string): string => `${temporaryDir(dir)}/bacalhau-devstack.pid`;

/** Plans a network of 0.3.16: all nodes in one process, each of them orchestrator and compute node. */
export function planDevstack(input: PlanInput, { executor = 'noop' }: ServerSettings): NetworkPlan {
  const dataDir = `${input.dir}/data`;
  const home = `${input.dir}/home`;
  const name = 'devstack';
  const nodes = Array.from({ length: input.computeNodes }, (_, index): NodePlan => {
    const [apiPort] = input.ports.slice(index);
    if (apiPort === undefined) throw new Error('too few ports were given');
    return { name: `node-${index + 1}`, role: 'hybrid', id: undefined, dataDir, apiPort };
  });
  return {
    first: {
      name,
      nodes,
      args: ['devstack', '--nodes', String(nodes.length), ...(executor === 'noop' ? ['--noop'] : [])],
      env: {
        BACALHAU_DIR: dataDir,
        BACALHAU_ENVIRONMENT: 'local',
        HOME: home,
        // API ports from 20000 up, and no files outside of its own directories.
        PREDICTABLE_API_PORT: '1',
        IGNORE_PID_AND_PORT_FILES: '1',
        DO_NOT_TRACK: '1',
      },
      // The server expects both folders to exist.
      files: [dataDir, home].map(keptFolder),
      logFile: logFile(input.logDir, name),
      endsLast: false,
      endSignal: 'SIGINT',
    },
    others: [],
    api: {
      host: LOOPBACK,
      port: nodes[0]?.apiPort ?? 0,
      tls: false,
      selfSigned: false,
      authorization: undefined,
      approvedByHand: false,
      logsConnections: false,
    },
    forwards: nodes.map(({ apiPort }, index) => ({ port: apiPort, inside: FIRST_API_PORT + index })),
    readyFile: readyFile(input.dir),
  };
}

/** Checks whether all nodes are up: the server leaves a file then. */
export async function devstackAnswers({ api, readyFile }: NetworkPlan): Promise<Readiness> {
  if (readyFile !== undefined && !existsSync(readyFile))
    return { missing: 'the server has not reported that it is ready' };
  try {
    await callHttp({ host: api.host, port: api.port }, { path: '/livez', timeoutMs: CALL_TIMEOUT_MS });
    return 'ready';
  } catch (error) {
    return { missing: `no answer from the API: ${messageOf(error)}` };
  }
}

/** Reads the ids of the nodes, which the server chose. */
export function devstackNodeIds({ first }: NetworkPlan): Promise<readonly string[]> {
  return Promise.all(
    first.nodes.map(async ({ apiPort }) => {
      const target = { host: LOOPBACK, port: apiPort };
      const { body } = await callHttp(target, { path: '/id', timeoutMs: 5 * CALL_TIMEOUT_MS });
      const id = parseJson(body);
      if (typeof id !== 'string') throw new Error(`the node at port ${apiPort} reports the id ${body}`);
      return id;
    }),
  );
}
