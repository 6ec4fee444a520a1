export { type ListNodesOptions, Nodes } from './nodes.js';
