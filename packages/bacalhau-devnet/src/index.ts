/**
 * Run a real Bacalhau network on this machine, for development and tests.
 *
 * @module bacalhau-devnet
 */

export type { NodeRole } from './config.js';
export { startDevnet } from './devnet.js';
export { DevnetError, type DevnetErrorCode, type LogTail } from './errors.js';
export type { JsonObject, JsonValue } from './json.js';
export {
  ensureLegacyServer,
  LEGACY_SERVER_VERSION,
  type LegacyDevnet,
  type LegacyDevnetOptions,
  type LegacyServerOptions,
  startLegacyDevnet,
} from './legacy/index.js';
export type { Devnet, DevnetLog, DevnetNode, DevnetOptions, NodeExit, ServerOptions } from './options.js';
export { ensureServer, type ServerBinary } from './server/ensure.js';
export { PINNED_SERVER_VERSION } from './server/pinned.js';
