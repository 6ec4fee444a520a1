export { isDocker, isWasm } from './engine.js';
export { phaseOf } from './execution-phase.js';
export { hasEnded } from './job-state.js';
export { DEFAULT_NAMESPACE } from './namespace.js';
export { isAtLeast, parseRelease, type ServerRelease } from './release.js';
