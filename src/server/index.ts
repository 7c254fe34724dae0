/** `rxvoice/server`: a real voice server on loopback, for tests, rehearsals and benchmarks. */
export { startVoiceServer, type DaveView, type LoopbackVoiceServer } from './server.js';
export type { DaveTuning, EventOrder, TlsIdentity, VoiceServerOptions } from './options.js';
export type { DatagramFault, ServerCounters, ServerEvent, ServerEventBody, ServerPacket } from './events.js';
export type { DaveCounters, DaveEvent, DaveFaults, DaveSnapshot, ResetReason } from './dave/index.js';
export type { ServerFaults } from './faults.js';
export type {
  DatagramFate,
  DatagramInfo,
  DatagramRule,
  RefusedStage,
  WithheldEvent,
  WithheldStage,
} from './fault-state.js';
export type { MembershipIds } from './directory.js';
export type { VoiceServerEvent, VoiceStateEvent } from './gateway-payloads.js';
