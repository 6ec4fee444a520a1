// The generated client is the whole package. What is in it, and how it is made: README.md.
export * from './generated/v1/index.js';
