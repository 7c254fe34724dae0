/** Errors of media, of its sources, and of the program that decodes it. */
import { VoiceError } from '../errors.js';

/**
 * The bytes are not the media they should be: another format, cut off, or damaged beyond reading. The message names the cure.
 * Trying again does not help: the same bytes give the same error.
 */
export class MediaFormatError extends VoiceError {
  readonly code = 'media-format';
  readonly retryable = false;

  constructor(
    message: string,
    /** Bytes of the source that were read when the error was found. */
    readonly offset: number,
    options?: ErrorOptions,
  ) {
    super(`${message} (after ${offset} bytes)`, options);
  }
}

/** An Opus packet could not be decoded, or no decoder could be made. The message names the cure. */
export class OpusDecoderError extends VoiceError {
  readonly code = 'opus-decoder';
  readonly retryable = false;
}

/** PCM could not be encoded, or no encoder could be made. The message names the cure. */
export class OpusEncoderError extends VoiceError {
  readonly code = 'opus-encoder';
  readonly retryable = false;
}

/**
 * The input is not available: the file is missing, or the server refuses, breaks off or stalls. The message names the cure. `cause` is the
 * error of the system.
 */
export class MediaSourceError extends VoiceError {
  readonly code = 'media-source';
  /** Whether trying again may help: a server that stalled or broke off, but not a file that is missing. */
  readonly retryable: boolean;

  constructor(message: string, { retryable = false, ...options }: ErrorOptions & { readonly retryable?: boolean } = {}) {
    super(message, options);
    this.retryable = retryable;
  }
}

/** ffmpeg is needed, and is missing or does not run. The message names the cure. */
export class FfmpegError extends VoiceError {
  readonly code = 'ffmpeg';
  readonly retryable = false;
}
