/** The targets of PCM: WAV files, or files that ffmpeg encodes. */
import { defer, ignoreElements, type Observable } from 'rxjs';
import { FfmpegEncoding } from '../ffmpeg/encoding.js';
import { encodeArguments, ffmpegThatEncodes, type EncodedFormat } from '../ffmpeg/formats.js';
import type { Container } from './container.js';
import { EncodedSink } from './encoded-sink.js';
import type { RecordingKind } from './events.js';
import { PcmContainer } from './pcm-container.js';
import type { OpenRecordingSink } from './sink.js';
import type { TracksContext } from './tracks-stream.js';
import { WavContainer } from './wav-container.js';

export interface PcmTarget {
  readonly kind: RecordingKind;
  readonly container: () => Container<Int16Array>;
  readonly context: TracksContext;
}

/** The kinds of files that ffmpeg makes. */
export const ENCODED_KINDS = { 'user-mp3': 'mp3', 'user-m4a': 'm4a', 'mix-mp3': 'mp3', 'mix-m4a': 'm4a' } as const satisfies Partial<
  Record<RecordingKind, EncodedFormat>
>;
export type EncodedKind = keyof typeof ENCODED_KINDS;

export function wavTarget(kind: 'user-wav' | 'mix-wav', context: TracksContext): PcmTarget {
  return { kind, context, container: () => new WavContainer({ maxBytes: context.settings.maxWavBytes }) };
}

/** One ffmpeg per file. */
export function encodedTarget(kind: EncodedKind, context: TracksContext): PcmTarget {
  const { settings } = context;
  const format = ENCODED_KINDS[kind];
  const open: OpenRecordingSink = async (name) => {
    const { path } = await ffmpegThatEncodes(format, settings.ffmpeg);
    const file = await settings.open(name);
    try {
      return new EncodedSink(new FfmpegEncoding(path, encodeArguments(format, settings.fileBitrate)), file);
    } catch (error) {
      await file.close();
      throw error;
    }
  };
  return { kind, container: () => new PcmContainer(), context: { ...context, settings: { ...settings, open } } };
}

/** Completes if there is an ffmpeg that can make these files, or errors with an FfmpegError, before anybody speaks. */
export function ffmpegFor$(kind: EncodedKind, { settings }: TracksContext): Observable<never> {
  return defer(() => ffmpegThatEncodes(ENCODED_KINDS[kind], settings.ffmpeg)).pipe(ignoreElements());
}
