export { startLegacyDevnet } from './devnet.js';
export type { LegacyDevnet, LegacyDevnetOptions, LegacyServerOptions } from './options.js';
export { ensureLegacyServer, LEGACY_SERVER_VERSION } from './server.js';
