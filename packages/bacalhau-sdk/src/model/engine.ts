import type { Job } from 'bacalhau-apiclient';

export const isWasm = (job: Job): boolean => engineOf(job) === 'wasm';
export const isDocker = (job: Job): boolean => engineOf(job) === 'docker';

/** Servers compare the type without regard to case and to space around it. */
const engineOf = (job: Job): string | undefined => job.Tasks[0]?.Engine.Type.trim().toLowerCase();
