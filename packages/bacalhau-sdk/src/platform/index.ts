export { type EnvironmentVariables, flag, variable } from './environment.js';
export { isLoopback } from './loopback.js';
export type {
  ByteRange,
  CommandLineSettings,
  ConfigFile,
  Connections,
  DownloadFolder,
  FileSelection,
  ForwardProxy,
  Hasher,
  HttpAgent,
  KeyFiles,
  LocalFile,
  LocalListing,
  NamedValue,
  Platform,
  ProfileFile,
  ProfileSelection,
  ReadOptions,
  RequestBody,
  Route,
  SocketEnd,
  TextFiles,
} from './platform.js';
export { parseProxyAddress } from './proxy-address.js';
export { isTlsCode } from './tls-code.js';
