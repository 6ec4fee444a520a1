/**
 * The raw client of servers 1.4 to 1.9: one method for every operation of the API, and the types of what goes in and out.
 *
 * @module bacalhau-apiclient
 */

export { RequiredError } from './generated/v1/base.js';
// The generated client is the whole package. What is in it, and how it is made: README.md.
export * from './generated/v1/index.js';
