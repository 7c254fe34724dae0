/** What can be wrong with where media comes from, and with the program that decodes it. */

/**
 * The input cannot be had: the file is missing, the server refuses, cuts off or stalls. The message names the cure. `cause` holds what
 * the system said.
 */
export class MediaSourceError extends Error {
  readonly code = 'media-source';
  /** Whether trying again may help: a server that stalled or broke off, but not a file that is missing. */
  readonly retryable: boolean;

  constructor(message: string, { retryable = false, ...options }: ErrorOptions & { readonly retryable?: boolean } = {}) {
    super(message, options);
    this.name = new.target.name;
    this.retryable = retryable;
  }
}

/** ffmpeg is needed, and is missing or does not run. The message names the cure. */
export class FfmpegError extends Error {
  readonly code = 'ffmpeg';
  readonly retryable = false;

  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
  }
}
