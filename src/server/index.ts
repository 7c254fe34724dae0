/** `rxvoice/server`: a real voice server on loopback, for tests, rehearsals and benchmarks. */
export { startVoiceServer, type DaveView, type LoopbackVoiceServer } from './server.js';
export type { DaveTuning, EventOrder, TlsIdentity, VoiceServerOptions } from './options.js';
export type { DatagramFault, ServerCounters, ServerEvent, ServerEventBody, ServerPacket } from './events.js';
export type { DaveCounters, DaveEvent, DaveFaults, DaveSnapshot, ResetReason } from './dave/index.js';
export type { ServerFaults } from './faults/server-faults.js';
export type { ControlFaults } from './faults/control.js';
export type { MachineFaults } from './faults/machine.js';
export type { MediaFaults } from './faults/media.js';
export type { ReidentifyOptions, SignallingFaults } from './faults/signalling.js';
export type { FlowCounters } from './media/accounting.js';
export { realTraffic, type ForwardedPacket, type ForwardingOptions } from './traffic/forwarding.js';
export { lossy, type LossyOptions } from './traffic/lossy.js';
export type { RateLimit } from './faults/rate-limiter.js';
export type { StrikeOptions } from './faults/refusals.js';
export type {
  AnnouncedMessage,
  DatagramFate,
  DatagramInfo,
  DatagramRule,
  RefusedStage,
  SocketKind,
  WithheldEvent,
  WithheldStage,
} from './faults/state.js';
export type { MembershipIds } from './sessions/directory.js';
export type { VoiceServerEvent, VoiceStateEvent } from './gateway/payloads.js';
