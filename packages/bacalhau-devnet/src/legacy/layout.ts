/** The port of the first node's API within the namespace; the others follow. */
export const FIRST_API_PORT = 20_000;

/** What the server makes in its temporary directory once all nodes are up. */
export const READY_FILE = 'bacalhau-devstack.pid';

/** The socket that leads into the namespace. */
export const socketFile = (dir: string): string => `${dir}/api.sock`;

/** Made once the server is ready. */
export const nodesFile = (dir: string): string => `${dir}/nodes.json`;

/** What is in {@link nodesFile}. */
export interface NodesFile {
  readonly ids: readonly string[];
}
