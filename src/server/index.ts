/** `rxvoice/server`: a real voice server on loopback, for tests, rehearsals and benchmarks. */
export { startVoiceServer, type DaveView, type LoopbackVoiceServer } from './server.js';
export type { DaveTuning, EventOrder, TlsIdentity, VoiceServerOptions } from './options.js';
export type { About as ServerEventSubject, DatagramFault, ServerCounters, ServerEvent, ServerEventBody, ServerPacket } from './events.js';
export type { DaveCounters, DaveEvent, DaveFaults, DaveSnapshot, ResetReason } from './dave/index.js';
export type { ServerFaults } from './faults.js';
export type { ControlFaults } from './faults/control.js';
export type { MachineFaults } from './faults/machine.js';
export type { MediaFaults } from './faults/media.js';
export type { ReidentifyOptions, SignallingFaults } from './faults/signalling.js';
export type { FlowCounters } from './accounting.js';
export { realTraffic, type ForwardedPacket, type ForwardingOptions } from './forwarding.js';
export { lossy, type LossyOptions } from './lossy.js';
export type { RateLimit } from './rate-limiter.js';
export type { StrikeOptions } from './refusals.js';
export type {
  AnnouncedMessage,
  DatagramFate,
  DatagramInfo,
  DatagramRule,
  RefusedStage,
  SocketKind,
  WithheldEvent,
  WithheldStage,
} from './fault-state.js';
export type { MembershipIds } from './directory.js';
export type { VoiceServerEvent, VoiceStateEvent } from './gateway-payloads.js';
