/** Where recordings go. */
import { isPromiseLike } from '../promise-like.js';

/** One file being written. What it throws, or rejects with, ends the recording with a `RecordingError`. */
export interface RecordingSink {
  /** Where it is, for the events. Default: the name that it was opened by. */
  readonly path?: string;
  /** Bytes in the file so far, where they are not those that `write` was given, for the sink encodes. */
  readonly written?: number;
  /**
   * Writes all of the bytes, or fails. Called again only when the last call has resolved.
   *
   * @param position in bytes from the start of the file: its end so far, or 0 where a WAV file's header is written anew
   */
  write(bytes: Uint8Array, position: number): void | PromiseLike<void>;
  /**
   * Makes the file longer by a hole that reads as zeros: the silence of hours in a WAV file, which costs nothing where holes do not.
   * Called between two writes, like them. Where there is no such method, the zeros are written.
   *
   * @param bytes its length
   * @param position its end so far
   */
  hole?(bytes: number, position: number): void | PromiseLike<void>;
  /** Called once, after the last write has resolved, or failed. */
  close(): void | PromiseLike<void>;
}

/** Opens a sink for a new file. The name is safe for any file system, and each is asked for once in a recording. */
export type OpenRecordingSink = (name: string) => RecordingSink | PromiseLike<RecordingSink>;

/** Goes on with a value that may still be on its way: at once where it can, so that sinks in memory need no promises. */
export function after<T>(value: T | PromiseLike<T>, then: (value: T) => void): void | PromiseLike<void> {
  return isPromiseLike(value) ? value.then(then) : then(value);
}
