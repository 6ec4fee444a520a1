export { fanOut } from './late.js';
export type { MapItem, MapOptions } from './options.js';
