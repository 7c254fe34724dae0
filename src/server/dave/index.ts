/** What the rest of the server uses from the DAVE delivery service. */
export { DaveCall, type DaveSnapshot } from './delivery-service.js';
export type { DaveCounters, DaveEvent, ResetReason } from './events.js';
export type { DaveFaults } from './faults.js';
export type { DaveCallOptions } from './options.js';
export type { DaveClient } from './members/participant.js';
export type { Admission } from './members/versions.js';
