export { answerError } from './answer-error.js';
export { connectionError } from './connection-error.js';
