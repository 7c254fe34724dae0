/** rxvoice: Discord voice as RxJS streams. */
export { connectVoice$ } from './connect.js';
export { daveyProvider, type DaveyOptions } from './dave/davey.js';
export { voiceRetry, type VoiceRetry, type VoiceRetryOptions } from './voice-retry.js';
export { useSession } from './use-session.js';
export { steadyScheduler } from './steady-scheduler.js';
export { asyncIterable } from './pull/async-iterable.js';
export type { AsyncIterableOptions, PullBuffer, PullPolicy } from './pull/options.js';
export type { ObservableLike } from './observable-like.js';
export { gatewayPort, type GatewayPayload, type GatewayPort } from './gateway/port.js';
export type { VoiceTarget } from './gateway/target.js';
export type { VoiceStateCommand } from './protocol/commands.js';
export type {
  CommitOutcome,
  DaveGroup,
  DaveGroupOptions,
  DaveKeyPair,
  DaveProvider,
  DecryptFailure,
  ProposedCommit,
} from './driver/dave/provider.js';
export type { DaveyBinding } from './dave/davey-binding.js';
export type { Transports, UdpAddress, UdpPort, VoiceSocket } from './driver/ports.js';
export type { WireMessage } from './protocol/frames.js';
export type { VoiceGatewayVersion } from './protocol/opcodes.js';
export type { MediaInterceptor, MediaTraffic, ReceivedRtcp, ReceivedRtp, SentRtcp, SentRtp, SentTotals } from './media/interceptor.js';
export type { FrameRefusal } from './media/frame-cipher.js';
export type { Deadlines } from './driver/deadlines.js';
export type { ConnectOptions, VoiceEngine } from './driver/engine.js';
export type { E2eeDemand, VoiceOptions } from './driver/options.js';
export type { VoiceSession } from './driver/session/session.js';
export {
  defaultRecovery,
  recoverBy,
  RECOVERY_TABLE,
} from './driver/recovery/recovery.js';
export type { RecoveryBudget, RecoveryChanges, RecoveryRule, RecoveryTable } from './driver/recovery/recovery-table.js';
export type { FaultHistory, FaultKind, Recovery, Rung, VoiceFault } from './fault.js';
export type { VoiceHealth } from './driver/session/health.js';
export type { FrameInput, PlayBuffer, ReadOptions } from './frames/frame-input.js';
export type { PlayOptions } from './media/send/play-options.js';
export type { OutboundQuality } from './media/send/outbound-quality.js';
export type { DatagramStats, ReceiveStats, ReceptionStats, RefusedStats } from './media/receive/receive-stats.js';
export type { ReceptionReport, RtcpPacket, SourceDescription } from './protocol/rtcp.js';
export type { LogBase, LogEvent } from './log.js';
export {
  AlreadyJoinedError,
  AlreadyPlayingError,
  EngineLostError,
  FrameOverflowError,
  InvalidFrameError,
  IterationOverflowError,
  SessionEndedError,
  VoiceEndpointError,
  VoiceError,
  VoiceGatewayError,
  VoiceOptionsError,
  VoiceSocketClosedError,
  VoiceTimeoutError,
  VoiceUnsupportedError,
  type VoiceErrorCode,
} from './errors.js';
export type { VoiceFailure } from './voice-failure.js';
export { FfmpegError, MediaFormatError, MediaSourceError, OpusDecoderError, OpusEncoderError } from './audio/errors.js';
export { RecordingError } from './audio/recorder/recording-error.js';
export {
  ClientFlags,
  ClientPlatform,
  SpeakingFlags,
  type AudioLevel,
  type CallMember,
  type ConnectStage,
  type E2eeState,
  type E2eeStatus,
  type EncryptionMode,
  type EndReason,
  type Latency,
  type MemberVoiceState,
  type OpusFrame,
  type PlayEnd,
  type PlayEvent,
  type Snowflake,
  type SpeakingEvent,
  type VoicePacket,
  type VoiceServer,
  type VoiceSignal,
  type VoiceState,
  type VoiceStatePayload,
} from './types.js';
export { isSilenceFrame, SILENCE_FRAME } from './protocol/silence.js';
