export { fanOut } from './fan-out.js';
export type { MapItem, MapOptions } from './options.js';
