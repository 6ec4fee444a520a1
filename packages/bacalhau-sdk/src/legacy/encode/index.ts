export { encodeCanonically } from './encode.js';
export { PAYLOAD_0_3_12, PAYLOAD_0_3_14, PAYLOAD_0_3_17 } from './payloads.js';
export type { StructSchema } from './schema.js';
