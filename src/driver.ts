/**
 * `rxvoice/driver`: a session from voice-server credentials, without a bot gateway, and every stage of the flow as an
 * Observable factory of its own.
 */
export { driveVoice$ } from './drive-voice.js';
export { signalling$ } from './gateway/signalling.js';
export type { SignallingOptions, VoiceTarget } from './gateway/target.js';
export { voiceSocket$, type TlsSettings, type VoiceSocketOptions } from './net/socket.js';
export type { Log, LogEntry } from './log.js';
export type { Secrets } from './protocol/secrets.js';
export { control$, type Control, type ControlOptions } from './driver/connection/control.js';
export { hello$, identify$, resume$, sessionDescription$ } from './driver/connection/handshake.js';
export { heartbeat$, type HeartbeatOptions } from './driver/connection/heartbeat.js';
export { udpPort$ } from './net/udp.js';
export { ipDiscovery$, type IpDiscoveryOptions } from './driver/connection/ip-discovery.js';
export { keepalive$ } from './driver/connection/keepalive.js';
export { encryptionMode$ } from './driver/connection/encryption-mode.js';
export { roster$, type CallRoster, type FrameSource, type RosterOptions } from './driver/stages/roster.js';
export { dave$, type Dave, type DaveOptions } from './driver/stages/dave.js';
export type { CallMembers, MessageSink } from './driver/dave/host.js';
export { paced$, type Paced, type PacedFrame, type PacedOptions, type PacedSpeaking } from './driver/stages/paced.js';
export { saySpeaking } from './driver/stages/say-speaking.js';
export { sendOpus, type SendOpusOptions, type SentFrame } from './driver/stages/send-opus.js';
export { sendRtcp, type SendRtcpOptions } from './driver/stages/send-rtcp.js';
export { receiveOpus } from './driver/stages/receive-opus.js';
export { receiveRtcp, type ReceiveRtcpOptions } from './driver/stages/receive-rtcp.js';
export type { OwnerSource, ReceivingOptions } from './driver/stages/receiving.js';
export type { CipherSource, MediaDescription, SenderDescription } from './driver/stages/description.js';
export type { DatagramSink } from './media/send/sender.js';
export { nodeTransports, type NodeTransportsOptions } from './net/transports.js';
export type { Transports, UdpAddress, UdpPort, VoiceSocket } from './driver/ports.js';
export type {
  CommitOutcome,
  DaveGroup,
  DaveGroupOptions,
  DaveKeyPair,
  DaveProvider,
  DecryptFailure,
  ProposedCommit,
} from './driver/dave/provider.js';
export type { FrameCipher, FrameRefusal } from './media/frame-cipher.js';
export type { MediaInterceptor, MediaTraffic, ReceivedRtcp, ReceivedRtp, SentRtcp, SentRtp, SentTotals } from './media/interceptor.js';
export { senderReports, type SenderReportOptions } from './media/send/sender-reports.js';
export type { OutboundQuality } from './media/send/outbound-quality.js';
export { daveyProvider, type DaveyOptions } from './dave/davey.js';
export type { DaveyBinding } from './dave/davey-binding.js';
export { DEFAULT_TIMEOUTS, type Deadlines } from './driver/deadlines.js';
export type { ConnectOptions, VoiceEngine } from './driver/engine.js';
export type { E2eeDemand, VoiceOptions } from './driver/options.js';
export {
  defaultRecovery,
  recoverBy,
  RECOVERY_TABLE,
  STABLE_MS,
} from './driver/recovery/recovery.js';
export type { RecoveryBudget, RecoveryChanges, RecoveryRule, RecoveryTable } from './driver/recovery/recovery-table.js';
export type { FaultHistory, FaultKind, Recovery, Rung, VoiceFault } from './fault.js';
export type { VoiceHealth } from './driver/session/health.js';
export { CLOSE_CODES, CloseCode, closeCodeFacts, type CloseAction, type CloseCodeFacts } from './protocol/close-codes.js';
export { ENCRYPTION_MODES } from './protocol/encryption-modes.js';
export { LATEST_GATEWAY_VERSION, VoiceOp, type VoiceGatewayVersion } from './protocol/opcodes.js';
export type { JsonFrame, BinaryFrame, ServerFrame, WireMessage } from './protocol/frames.js';
export type { Hello, Read, Ready, SessionDescription } from './protocol/payloads.js';
export type { DiscoveredAddress } from './protocol/discovery.js';
export type { VoiceSession } from './driver/session/session.js';
export type { VoiceServer, VoiceSignal } from './types.js';
