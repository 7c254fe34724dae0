/** What can be wrong with media. These do not extend `VoiceError`: no voice connection is needed to read a file. */

/**
 * The bytes are not the media they should be: another format, cut off, or damaged beyond reading. The message names the cure.
 * Trying again does not help: the same bytes give the same error.
 */
export class MediaFormatError extends Error {
  readonly code = 'media-format';
  readonly retryable = false;

  constructor(
    message: string,
    /** The bytes read of the source when it was found out. */
    readonly offset: number,
    options?: ErrorOptions,
  ) {
    super(`${message} (after ${offset} bytes)`, options);
    this.name = new.target.name;
  }
}

/** An Opus packet could not be decoded, or no decoder could be made. The message names the cure. */
export class OpusDecoderError extends Error {
  readonly code = 'opus-decoder';
  readonly retryable = false;

  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
  }
}
