/** The error of a recording. */
import { VoiceError } from '../../errors.js';

/** A file could not be opened, written or closed. What was written before is valid. `cause` is the error of the disk or of the sink. */
export class RecordingError extends VoiceError {
  readonly code = 'recording';
  readonly retryable = false;

  constructor(
    /** What failed. */
    readonly operation: 'open' | 'write' | 'close',
    /** The path of the file, or the name that it was to be opened with. */
    readonly path: string,
    cause: unknown,
  ) {
    const said = cause instanceof Error ? cause.message : String(cause);
    super(`the recording ${path} failed to ${operation}: ${said}. See to the space and the rights of the disk, or pass another sink`, {
      cause,
    });
  }
}
