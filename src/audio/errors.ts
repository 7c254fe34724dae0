/** What can be wrong with media. */
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
    /** The bytes read of the source when it was found out. */
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
