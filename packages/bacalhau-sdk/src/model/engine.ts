import type { Job } from 'bacalhau-apiclient';

/** Returns whether a job runs a WebAssembly module. */
export const isWasm = (job: Job): boolean => engineOf(job) === 'wasm';
/** Returns whether a job runs a Docker image. */
export const isDocker = (job: Job): boolean => engineOf(job) === 'docker';

/** Returns the type of a job's engine as servers compare it: without regard to case and surrounding space. */
const engineOf = (job: Job): string | undefined => job.Tasks[0]?.Engine.Type.trim().toLowerCase();
