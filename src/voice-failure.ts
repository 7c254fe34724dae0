/** All errors in one type. */
import type { FfmpegError, MediaFormatError, MediaSourceError, OpusDecoderError, OpusEncoderError } from './audio/errors.js';
import type { RecordingError } from './audio/recorder/recording-error.js';
import type {
  AlreadyJoinedError,
  AlreadyPlayingError,
  EngineLostError,
  FrameOverflowError,
  InvalidFrameError,
  IterationOverflowError,
  SessionEndedError,
  VoiceEndpointError,
  VoiceGatewayError,
  VoiceOptionsError,
  VoiceSocketClosedError,
  VoiceTimeoutError,
  VoiceUnsupportedError,
} from './errors.js';

/** Every error of rxvoice, for an exhaustive switch over `code`. */
export type VoiceFailure =
  | VoiceTimeoutError
  | VoiceSocketClosedError
  | VoiceGatewayError
  | VoiceEndpointError
  | VoiceUnsupportedError
  | FrameOverflowError
  | IterationOverflowError
  | AlreadyPlayingError
  | InvalidFrameError
  | SessionEndedError
  | VoiceOptionsError
  | AlreadyJoinedError
  | MediaFormatError
  | MediaSourceError
  | FfmpegError
  | OpusDecoderError
  | OpusEncoderError
  | RecordingError
  | EngineLostError;
