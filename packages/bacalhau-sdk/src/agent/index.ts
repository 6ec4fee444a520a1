export { Agent } from './agent.js';
