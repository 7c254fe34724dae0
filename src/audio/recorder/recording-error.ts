/** The error of a recorder. */
import { VoiceError } from '../../errors.js';

/** A file could not be opened, written or closed. What was written until then is sound. `cause` is what the disk, or the sink, said. */
export class RecordingError extends VoiceError {
  readonly code = 'recording';
  readonly retryable = false;

  constructor(
    /** What failed. */
    readonly operation: 'open' | 'write' | 'close',
    /** Where the file is, or the name that it was to be opened by. */
    readonly path: string,
    cause: unknown,
  ) {
    const said = cause instanceof Error ? cause.message : String(cause);
    super(`the recording ${path} failed to ${operation}: ${said}. See to the space and the rights of the disk, or pass another sink`, {
      cause,
    });
  }
}
