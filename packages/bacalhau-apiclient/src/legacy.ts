/**
 * The raw client of servers 0.3.12 to 1.3.
 *
 * @module bacalhau-apiclient/legacy
 */

export { RequiredError } from './generated/legacy/base.js';
// The generated client of the API of servers 0.3, which shares no name with that of servers from 1.4 on but by chance.
export * from './generated/legacy/index.js';
