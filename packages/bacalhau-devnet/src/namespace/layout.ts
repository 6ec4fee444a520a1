import type { PortForward } from '../plan.js';

/** What both ends of a gate are told. */
export interface GateSettings {
  /** The network's directory, where their sockets are. */
  readonly dir: string;
  /** Ports of this machine that lead into the namespace. */
  readonly forwards: readonly PortForward[];
  /** Ports in the namespace that lead to the same ports of this machine's loopback. */
  readonly hostPorts: readonly number[];
  /** The path of `ip`, which brings up the namespace's loopback. */
  readonly ip: string;
}

/** The socket that leads to a port in the namespace. */
export const inwardSocket = (dir: string, port: number): string => `${dir}/in-${port}.sock`;

/** The socket that leads to a port of this machine. */
export const outwardSocket = (dir: string, port: number): string => `${dir}/out-${port}.sock`;

/** The file that exists once the namespace can be entered and reached. */
export const namespaceFile = (dir: string): string => `${dir}/namespace`;
