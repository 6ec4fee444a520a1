export type { MapItem, MapOptions } from './map-options.js';
export { canPublish, hasPublisher } from './publisher.js';
