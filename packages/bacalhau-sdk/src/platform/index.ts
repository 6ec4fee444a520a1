export { type EnvironmentVariables, flag, parseFlag, variable } from './environment.js';
export { isLoopback } from './loopback.js';
export type {
  CommandLineSettings,
  ConfigFile,
  Connections,
  DownloadFolder,
  ForwardProxy,
  Hasher,
  HttpAgent,
  KeyFiles,
  NamedValue,
  Platform,
  ProfileFile,
  ProfileSelection,
  Route,
  RouteSettings,
  SocketEnd,
  SocketOptions,
  TextFiles,
  Unsent,
} from './platform.js';
export { parseProxyAddress } from './proxy-address.js';
export { isTlsCode } from './tls-code.js';
