export { asCompleted, isForgotten } from './forgotten.js';
export { ListLooks } from './list-looks.js';
