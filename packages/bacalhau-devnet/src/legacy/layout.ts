/** The port of the first node's API within the namespace; the others follow. */
export const FIRST_API_PORT = 20_000;

/** The file that the server creates in its temporary directory once all nodes are up. */
export const READY_FILE = 'bacalhau-devstack.pid';

/** The socket through which the namespace is reached. */
export const socketFile = (dir: string): string => `${dir}/api.sock`;

/** The file that lists the nodes, created once the server is ready. */
export const nodesFile = (dir: string): string => `${dir}/nodes.json`;

/** The content of {@link nodesFile}. */
export interface NodesFile {
  readonly ids: readonly string[];
}
