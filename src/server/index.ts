/** `rxvoice/server`: a real voice server on loopback, for tests, rehearsals and benchmarks. */
export { startVoiceServer, type LoopbackVoiceServer } from './server.js';
export type { EventOrder, TlsIdentity, VoiceServerOptions } from './options.js';
export type { DatagramFault, ServerCounters, ServerEvent, ServerEventBody, ServerPacket } from './events.js';
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
