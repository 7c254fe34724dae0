/** The events and options of a recording. */
import type { SchedulerLike } from 'rxjs';
import type { Snowflake } from '../../types.js';
import type { FfmpegError } from '../errors.js';
import type { ReorderOptions } from '../jitter/reorder.js';
import type { OpusDecoderFactory, OpusEncoderFactory } from '../opus/codec.js';
import type { OpenRecordingSink } from './sink.js';

/**
 * A kind of file.
 *
 * - `user-ogg`: one Ogg/Opus file per speaker, with the received packets unchanged; costs almost nothing
 * - `user-wav`: one WAV file per speaker, decoded; 11.5 MB a minute
 * - `mix-wav`: one WAV file with all speakers
 * - `mix-ogg`: one Ogg/Opus file with all speakers, encoded again
 * - `user-mp3`, `user-m4a`, `mix-mp3`, `mix-m4a`: MP3, or AAC in MP4, by the user's ffmpeg: one process per file. Silence is encoded like sound
 * - `transcript-json`: who spoke when, as a JSON array of `{ startMs, endMs, userId, ssrc }`; its `packets` are its entries
 * - `transcript-vtt`: the same as WebVTT, as subtitles for the recording
 */
export type RecordingKind =
  | 'user-ogg'
  | 'user-wav'
  | 'user-mp3'
  | 'user-m4a'
  | 'mix-wav'
  | 'mix-ogg'
  | 'mix-mp3'
  | 'mix-m4a'
  | 'transcript-json'
  | 'transcript-vtt';

/** Identifies a file. */
export interface RecordedFile {
  readonly kind: RecordingKind;
  /** The speaker; null in a file of all speakers, and until the voice server has told whose SSRC it is. */
  readonly userId: Snowflake | null;
  /** The speaker's first SSRC; null in a file of all speakers. */
  readonly ssrc: number | null;
  /** Starts at 1. It rises when a WAV file reaches its limit, or an ffmpeg was killed, and another file continues the recording. */
  readonly part: number;
}

/**
 * What happens to the files. Lengths are in ms of the recording; sizes are the bytes that were written, without the holes of a WAV.
 *
 * - `file-opened`: `startMs` is where in the recording the file begins
 * - `progress`: about once a second for each file that grows. It counts what is written; for MP3 and M4A, ffmpeg may still hold a part
 * - `dropped`: packets (or decoded frames) that are missing from the file since the last `dropped`, and are silence there. `slow-disk`: the
 *   queue was full; `no-place`: its time is already filled; `invalid`: not an Opus packet; `too-many-speakers`: its speaker is beyond
 *   `maxSpeakers`. `drift`: left out of an Ogg file without silence in its place, because its sender's clock runs fast. Told at most once
 *   a second; with part 0 and no SSRC if there is no file
 * - `file-failed`: the file's ffmpeg ended too early; `error` says why. What it made until then is valid. If `goesOn`, the next part
 *   continues from there; it does not if ffmpeg did not even last for a second. Other files are not affected
 * - `not-recorded`: a speaker whose packets are not in the files as they came, and how many packets since the last such event, a second or
 *   more ago. `too-many-speakers`: the speaker is beyond `maxSpeakers`, and is in no file. `undecodable`: the codec refused the packets, and
 *   they are concealed in every decoded file. `message` is the codec's message
 * - `file-closed`: the file is complete. `packets` are those in it, `concealed` those of them that the decoder concealed; `lost` never
 *   came, `late` came too late to be used (and are also counted as `lost`), `dropped` is the sum of all `dropped`
 */
export type RecordingEvent =
  | ({ readonly type: 'file-opened'; readonly path: string; readonly startMs: number } & RecordedFile)
  | ({
      readonly type: 'progress';
      readonly path: string;
      readonly durationMs: number;
      readonly bytes: number;
      readonly queuedBytes: number;
    } & RecordedFile)
  | ({ readonly type: 'dropped'; readonly reason: DropReason; readonly packets: number } & RecordedFile)
  | ({
      readonly type: 'file-failed';
      readonly path: string;
      readonly startMs: number;
      readonly durationMs: number;
      readonly bytes: number;
      readonly error: FfmpegError;
      readonly goesOn: boolean;
    } & RecordedFile &
      RecordingCounts)
  | {
      readonly type: 'not-recorded';
      readonly reason: 'too-many-speakers' | 'undecodable';
      readonly userId: Snowflake | null;
      readonly ssrc: number;
      readonly packets: number;
      readonly message: string;
    }
  | ({ readonly type: 'file-closed'; readonly path: string; readonly startMs: number; readonly durationMs: number; readonly bytes: number } & RecordedFile &
      RecordingCounts);

/** The events about a file. */
export type FileEvent = Exclude<RecordingEvent, { type: 'not-recorded' }>;

/** Why a packet is not in a file; see `dropped` of {@link RecordingEvent}. */
export type DropReason = 'slow-disk' | 'no-place' | 'drift' | 'invalid' | 'too-many-speakers';

/** The counters of a file. */
export interface RecordingCounts {
  readonly packets: number;
  readonly lost: number;
  readonly late: number;
  readonly concealed: number;
  readonly dropped: number;
}

/** Options of `recordTo`. */
export interface RecordOptions {
  /** Which files are made. Default `['user-ogg']`. */
  readonly files?: readonly RecordingKind[];
  /**
   * Where a speaker's file begins: at the start of the `recording`, so that all files line up in any editor (default), or at the
   * speaker's `first-word`; then `startMs` of `file-opened` tells its time.
   */
  readonly begin?: 'recording' | 'first-word';
  /** Whether existing files may be replaced, if `target` is a directory. Default false: see `directorySink`. */
  readonly overwrite?: boolean;
  /** Names a file; unsafe characters are replaced. Default `<userId>.ogg`, `ssrc-<ssrc>.ogg`, `mix.wav`, `mix.part2.wav`, `transcript.vtt`. */
  readonly name?: (file: RecordedFile) => string;
  /** Limit of bytes that wait for the disk, per file; what does not fit is dropped. Default 2 MiB: minutes of Opus, ten seconds of PCM. */
  readonly queueBytes?: number;
  /** The longest WAV file, in bytes; then another part follows. Default 4 GiB, which is the maximum. */
  readonly maxWavBytes?: number;
  /** Bits a second of `mix-ogg`. Default 96 000. */
  readonly mixBitrate?: number;
  /** Bits a second of MP3 and M4A files. Default 128 000. */
  readonly fileBitrate?: number;
  /** Path of the ffmpeg that makes them. Default: `ffmpeg` on the PATH, else that of the package `ffmpeg-static` if it is installed. */
  readonly ffmpeg?: string;
  /** Makes the decoders of all files but `user-ogg` and the transcripts. Default `createOpusDecoder`. */
  readonly codec?: OpusDecoderFactory;
  /** Makes the encoder of `mix-ogg`. Default `createOpusEncoder`. */
  readonly encoder?: OpusEncoderFactory;
  /** Maximum number of speakers that get files and are decoded. Further ones are left out, and reported as `not-recorded`. Default 256. */
  readonly maxSpeakers?: number;
  /** The jitter buffer: see `reorder`. */
  readonly jitter?: Omit<ReorderOptions, 'scheduler'>;
  /** The clock of the session: the `scheduler` of its options. Default `steadyScheduler`. */
  readonly scheduler?: SchedulerLike;
}

/** Where recordings go: a directory, which is created if necessary, or a function that opens a sink for each. */
export type RecordingTarget = string | OpenRecordingSink;
