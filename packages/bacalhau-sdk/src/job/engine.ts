import type { Job } from 'bacalhau-apiclient';

/** Servers compare the type without regard to case. */
export const isWasm = (job: Job): boolean => job.Tasks[0]?.Engine.Type.trim().toLowerCase() === 'wasm';
