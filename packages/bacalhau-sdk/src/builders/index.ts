export { type DockerSettings, docker } from './docker.js';
export { type InlineInput, type IpfsInput, inputs, type LocalInput, type S3Input, type UrlInput } from './inputs.js';
export type { JobSettings, NetworkSettings, PortSettings, ResourceSettings, TimeoutSettings } from './job-settings.js';
export { publishers, type S3Publisher } from './publishers.js';
export { type InputPath, type ModulePath, type WasmSettings, wasm } from './wasm.js';
