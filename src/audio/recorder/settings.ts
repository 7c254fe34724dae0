/** The options of a recording, with their defaults. */
import { steadyScheduler } from '../../steady-scheduler.js';
import { createOpusDecoder } from '../opus/decoder.js';
import { createOpusEncoder } from '../opus/encoder.js';
import { CHANNELS, SAMPLE_RATE } from '../pcm/pcm.js';
import { BYTES_PER_SAMPLE, MAX_WAV_BYTES, WAV_HEADER_BYTES } from '../pcm/wav.js';
import { requireWholeNumber } from '../whole-number.js';
import { directorySink } from './directory.js';
import type { RecordedFile, RecordingKind, RecordingTarget, RecordOptions } from './events.js';
import type { OpenRecordingSink } from './sink.js';
import { speakerName } from './speaker.js';

/** The kinds, with the ends of their names. */
const EXTENSIONS: Readonly<Record<RecordingKind, string>> = {
  'user-ogg': 'ogg',
  'user-wav': 'wav',
  'mix-wav': 'wav',
  'mix-ogg': 'ogg',
  'user-mp3': 'mp3',
  'user-m4a': 'm4a',
  'mix-mp3': 'mp3',
  'mix-m4a': 'm4a',
  'transcript-json': 'json',
  'transcript-vtt': 'vtt',
};
/** What MP3 has. */
const FILE_BITRATES = { least: 32_000, most: 320_000 } as const;
/** A header, and a second of sound. */
const MIN_WAV_BYTES = WAV_HEADER_BYTES + SAMPLE_RATE * CHANNELS * BYTES_PER_SAMPLE;

/** What is recorded, and how, unless told otherwise: `queueBytes` and `maxWavBytes` in bytes, `mixBitrate` and `fileBitrate` in bits a second. */
export const DEFAULT_RECORDING = {
  files: ['user-ogg'],
  begin: 'recording',
  name: defaultName,
  queueBytes: 2 * 1024 * 1024,
  maxWavBytes: MAX_WAV_BYTES,
  mixBitrate: 96_000,
  fileBitrate: 128_000,
  codec: createOpusDecoder,
  encoder: createOpusEncoder,
  maxSpeakers: 256,
  jitter: {},
  scheduler: steadyScheduler,
} as const satisfies Required<Omit<RecordOptions, 'overwrite' | 'ffmpeg'>>;

export interface Settings extends Required<Omit<RecordOptions, 'overwrite' | 'ffmpeg'>>, Pick<RecordOptions, 'ffmpeg'> {
  readonly open: OpenRecordingSink;
}

/** @throws RangeError or TypeError when an option is not what it should be */
export function recordSettings(target: RecordingTarget, options: RecordOptions): Settings {
  const { overwrite = false, ...rest } = options;
  const settings: Settings = {
    ...DEFAULT_RECORDING,
    ...rest,
    open: typeof target === 'string' ? directorySink(target, { overwrite }) : target,
  };
  const kinds = Object.keys(EXTENSIONS);
  const unknown = settings.files.filter((kind) => !kinds.includes(kind));
  if (unknown.length > 0) throw new TypeError(`files must be of ${kinds.join(', ')}, not ${unknown.join(', ')}`);
  requireWholeNumber('queueBytes', settings.queueBytes, 1, Number.MAX_SAFE_INTEGER);
  requireWholeNumber('maxWavBytes', settings.maxWavBytes, MIN_WAV_BYTES, MAX_WAV_BYTES);
  requireWholeNumber('fileBitrate', settings.fileBitrate, FILE_BITRATES.least, FILE_BITRATES.most);
  requireWholeNumber('maxSpeakers', settings.maxSpeakers, 1, Number.MAX_SAFE_INTEGER);
  return settings;
}

function defaultName({ kind, userId, ssrc, part }: RecordedFile): string {
  const whose = ssrc === null ? kind.slice(0, kind.indexOf('-')) : speakerName({ userId, ssrc });
  return `${whose}${part > 1 ? `.part${part}` : ''}.${EXTENSIONS[kind]}`;
}
