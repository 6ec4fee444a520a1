/**
 * Run a real Bacalhau network on this machine, for development and tests.
 *
 * @module bacalhau-devnet
 */

export { ensureServer, type ServerBinary } from './binary/ensure.js';
export { startDevnet } from './devnet.js';
export { DevnetError, type DevnetErrorCode, type LogTail } from './errors.js';
export type { JsonObject, JsonValue } from './json.js';
export type { Devnet, DevnetLog, DevnetNode, DevnetOptions, NodeExit, ServerOptions } from './options.js';
export type { NodeRole } from './plan.js';
export { PINNED_SERVER_VERSION, SERVER_VERSIONS, type ServerVersion } from './servers/versions.js';
