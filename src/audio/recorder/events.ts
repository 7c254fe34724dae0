/** What a recording tells, and what it can be told. */
import type { SchedulerLike } from 'rxjs';
import type { Snowflake } from '../../types.js';
import type { FfmpegError } from '../errors.js';
import type { ReorderOptions } from '../jitter/reorder.js';
import type { OpusDecoderFactory, OpusEncoderFactory } from '../opus/codec.js';
import type { OpenRecordingSink } from './sink.js';

/**
 * A kind of file.
 *
 * - `user-ogg`: one Ogg/Opus file a speaker, with the very packets that came; costs next to nothing
 * - `user-wav`: one WAV file a speaker, decoded; 11.5 MB a minute
 * - `mix-wav`: one WAV file of everybody
 * - `mix-ogg`: one Ogg/Opus file of everybody, encoded anew
 * - `user-mp3`, `user-m4a`, `mix-mp3`, `mix-m4a`: MP3, or AAC in MP4, by the user's ffmpeg: one process a file. Silence is encoded like sound
 * - `transcript-json`: who spoke when, as a JSON array of `{ startMs, endMs, userId, ssrc }`; its `packets` are its entries
 * - `transcript-vtt`: the same as WebVTT, the subtitles of a recording
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

/** Which file it is. */
export interface RecordedFile {
  readonly kind: RecordingKind;
  /** The speaker; null in what is everybody's, and while the voice server has not said whose SSRC it is. */
  readonly userId: Snowflake | null;
  /** The speaker's first SSRC; null in what is everybody's. */
  readonly ssrc: number | null;
  /** 1, and 2 and so on where a WAV file got too long, or an ffmpeg was killed, and another file goes on from there. */
  readonly part: number;
}

/**
 * What happens to the files. Lengths are in ms of the recording; sizes are the bytes that were written, without the holes of a WAV.
 *
 * - `file-opened`: `startMs` is where in the recording the file begins
 * - `progress`: about once a second of each file that grows; what it counts is written, but for what ffmpeg still has of MP3 and M4A
 * - `dropped`: packets (or decoded frames) that are not in the file since the last `dropped`, and are silence there: `slow-disk` had no
 *   room in the queue, `no-place` has its time taken by others already, `invalid` is no Opus packet, `too-many-speakers` is of one
 *   beyond `maxSpeakers`. `drift` was left out of an Ogg file, and nothing is there in its place: its sender's clock runs fast. Told once
 *   a second at most; with part 0 and no SSRC where there is no file
 * - `file-failed`: the file's ffmpeg ended before its time; `error` says why. What it made until then is sound. Where `goesOn`, the next part
 *   goes on from there; it does not where ffmpeg did not even last for a second. Other files are not touched
 * - `not-recorded`: whose packets are not in the files as they came, and how many of them since it was last told, a second ago or longer:
 *   `too-many-speakers` is of one beyond `maxSpeakers`, who is in no file; `undecodable` packets are refused by the codec, and concealed
 *   in every file that is decoded. `message` says what the codec said
 * - `file-closed`: the file is whole. `packets` are those in it, `concealed` those of them that the decoder made up; `lost` never
 *   came, `late` came when they could not be used any more (and are among `lost`, too), `dropped` is the sum of all `dropped`
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

/** Those that are about a file. */
export type FileEvent = Exclude<RecordingEvent, { type: 'not-recorded' }>;

/** Why a packet is not in a file; see `dropped` of {@link RecordingEvent}. */
export type DropReason = 'slow-disk' | 'no-place' | 'drift' | 'invalid' | 'too-many-speakers';

/** The accounts of a file. */
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
   * Where a speaker's file begins: at the start of the `recording`, so that all files line up in any editor (default), or at his
   * `first-word`, with the `startMs` of `file-opened` to tell when that was.
   */
  readonly begin?: 'recording' | 'first-word';
  /** Whether files that are there already may be replaced, where `target` is a directory. Default false: see `directorySink`. */
  readonly overwrite?: boolean;
  /** The name of a file; what is not safe in it is replaced. Default `<userId>.ogg`, `ssrc-<ssrc>.ogg`, `mix.wav`, `mix.part2.wav`, `transcript.vtt`. */
  readonly name?: (file: RecordedFile) => string;
  /** Bytes that wait for the disk, for each file; what does not fit is dropped. Default 2 MiB: minutes of Opus, ten seconds of PCM. */
  readonly queueBytes?: number;
  /** The longest WAV file, in bytes; another part follows. Default 4 GiB, which is the most. */
  readonly maxWavBytes?: number;
  /** Bits a second of `mix-ogg`. Default 96 000. */
  readonly mixBitrate?: number;
  /** Bits a second of MP3 and M4A files. Default 128 000. */
  readonly fileBitrate?: number;
  /** Path of the ffmpeg that makes them. Default: `ffmpeg` on the PATH, else that of the package `ffmpeg-static` if it is installed. */
  readonly ffmpeg?: string;
  /** Makes the decoders of whatever is decoded: all but `user-ogg` and the transcripts. Default `createOpusDecoder`. */
  readonly codec?: OpusDecoderFactory;
  /** Makes the encoder of `mix-ogg`. Default `createOpusEncoder`. */
  readonly encoder?: OpusEncoderFactory;
  /** Speakers that get files, and are decoded, all at once if they like; further ones are told of (`not-recorded`) and left out. Default 256. */
  readonly maxSpeakers?: number;
  /** The jitter buffer: see `reorder`. */
  readonly jitter?: Omit<ReorderOptions, 'scheduler'>;
  /** The clock of the session, that is the `scheduler` of its options. Default `steadyScheduler`. */
  readonly scheduler?: SchedulerLike;
}

/** Where recordings go: a directory, made if it is not there, or a function that opens a sink for each. */
export type RecordingTarget = string | OpenRecordingSink;
