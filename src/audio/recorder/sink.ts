/** The destinations of recordings. */
import { isPromiseLike } from '../promise-like.js';

/** One file that is being written. If a method throws or rejects, the recording ends with a `RecordingError`. */
export interface RecordingSink {
  /** Its path, for the events. Default: the name that it was opened with. */
  readonly path?: string;
  /** Bytes in the file so far, if they differ from those passed to `write`, because the sink encodes. */
  readonly written?: number;
  /**
   * Writes all of the bytes, or fails. The next call comes only after this one has resolved.
   *
   * @param position in bytes from the start of the file: the current end, or 0 when the header of a WAV file is rewritten
   */
  write(bytes: Uint8Array, position: number): void | PromiseLike<void>;
  /**
   * Extends the file by a hole that reads as zeros: hours of silence in a WAV file, which cost nothing on file systems with sparse files.
   * Called between two writes, like them. Without this method, the zeros are written.
   *
   * @param bytes its length
   * @param position the current end of the file
   */
  hole?(bytes: number, position: number): void | PromiseLike<void>;
  /** Called once, after the last write has resolved or failed. */
  close(): void | PromiseLike<void>;
}

/** Opens a sink for a new file. The name is safe for any file system, and no name is used twice in a recording. */
export type OpenRecordingSink = (name: string) => RecordingSink | PromiseLike<RecordingSink>;

/** Continues with a value that may be a promise: synchronously if it is not, so that sinks in memory need no promises. */
export function after<T>(value: T | PromiseLike<T>, then: (value: T) => void): void | PromiseLike<void> {
  return isPromiseLike(value) ? value.then(then) : then(value);
}
