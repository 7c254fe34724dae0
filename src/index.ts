/** rxvoice: Discord voice as RxJS streams. */
export { connectVoice$ } from './connect.js';
export { daveyProvider, type DaveyOptions } from './dave/davey.js';
export { useSession } from './use-session.js';
export { gatewayPort, type GatewayPayload, type GatewayPort } from './gateway/port.js';
export type { VoiceTarget } from './gateway/signalling.js';
export type { VoiceStateCommand } from './protocol/commands.js';
export type { VoiceOptions } from './driver/options.js';
export type { VoiceSession } from './driver/session/session.js';
export {
  defaultRecovery,
  recoverBy,
  RECOVERY_TABLE,
  type RecoveryBudget,
  type RecoveryChanges,
  type RecoveryRule,
  type RecoveryTable,
} from './driver/recovery/recovery.js';
export type { FaultHistory, FaultKind, Recovery, Rung, VoiceFault } from './fault.js';
export type { VoiceHealth } from './driver/session/health.js';
export type { FrameInput, PlayBuffer, PlayOptions } from './media/send/play-options.js';
export type { DatagramStats, ReceiveStats, ReceptionStats, RefusedStats } from './media/receive/receive-stats.js';
export type { ReceptionReport, RtcpPacket, SourceDescription } from './protocol/rtcp.js';
export type { LogEvent } from './log.js';
export {
  AlreadyPlayingError,
  FrameOverflowError,
  InvalidFrameError,
  SessionEndedError,
  VoiceError,
  VoiceGatewayError,
  VoiceSocketClosedError,
  VoiceTimeoutError,
  VoiceUnsupportedError,
  voiceRetry,
  type VoiceErrorCode,
  type VoiceFailure,
} from './errors.js';
export {
  SpeakingFlags,
  type AudioLevel,
  type ConnectStage,
  type E2eeState,
  type E2eeStatus,
  type EncryptionMode,
  type EndReason,
  type Latency,
  type OpusFrame,
  type PlayEvent,
  type Snowflake,
  type SpeakingEvent,
  type VoicePacket,
  type VoiceServer,
  type VoiceSignal,
  type VoiceState,
} from './types.js';
export { isSilenceFrame, SILENCE_FRAME } from './protocol/silence.js';
