export { isDocker, isWasm } from './engine.js';
export { type ExecutionPhase, phaseOf } from './execution-phase.js';
export { hasEnded } from './job-state.js';
