/** The options of a recording, with their defaults. */
import { count, fields, functionOf, listOf, must, oneOf, type Check } from '../../checks/check.js';
import { FLAG, SCHEDULER } from '../../checks/common.js';
import { steadyScheduler } from '../../steady-scheduler.js';
import { checkReorder } from '../jitter/reorder.js';
import { createOpusDecoder } from '../opus/decoder.js';
import { createOpusEncoder } from '../opus/encoder.js';
import { CHANNELS, SAMPLE_RATE } from '../pcm/pcm.js';
import { BYTES_PER_SAMPLE, MAX_WAV_BYTES, WAV_HEADER_BYTES } from '../pcm/wav.js';
import { directorySink } from './directory.js';
import type { RecordedFile, RecordingKind, RecordingTarget, RecordOptions } from './events.js';
import type { OpenRecordingSink } from './sink.js';
import { speakerName } from './speaker.js';

/** The extension of each kind. */
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
/** The range of MP3. */
const FILE_BITRATES = { least: 32_000, most: 320_000 } as const;
/** A header, and a second of sound. */
const MIN_WAV_BYTES = WAV_HEADER_BYTES + SAMPLE_RATE * CHANNELS * BYTES_PER_SAMPLE;

/** The defaults of a recording: `queueBytes` and `maxWavBytes` in bytes, `mixBitrate` and `fileBitrate` in bits a second. */
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

const KINDS = Object.keys(EXTENSIONS);
const checkOptions = fields({
  files: listOf(oneOf(KINDS), 'kinds of files', 0),
  begin: oneOf(['recording', 'first-word']),
  overwrite: FLAG,
  name: functionOf('that names a file'),
  queueBytes: count('a whole number of bytes, 1 or more', 1),
  maxWavBytes: count(`a whole number of bytes from ${MIN_WAV_BYTES}, a second of sound, to 4 GiB`, MIN_WAV_BYTES, MAX_WAV_BYTES),
  mixBitrate: count('a whole number of bits a second from 6000 to 510000', 6_000, 510_000),
  fileBitrate: count(`a whole number of bits a second from ${FILE_BITRATES.least} to ${FILE_BITRATES.most}`, FILE_BITRATES.least, FILE_BITRATES.most),
  ffmpeg: must('the path of an ffmpeg', (value) => typeof value === 'string' && value !== ''),
  codec: functionOf('that makes a decoder'),
  encoder: functionOf('that makes an encoder'),
  maxSpeakers: count('a whole number of speakers, 1 or more', 1),
  jitter: checkReorder,
  scheduler: SCHEDULER,
} satisfies Readonly<Record<keyof RecordOptions, Check>>);

/** @throws VoiceOptionsError for an unknown option, or one that is out of range */
export function recordSettings(target: RecordingTarget, options: RecordOptions): Settings {
  checkOptions('', options);
  const { overwrite = false, ...rest } = options;
  return {
    ...DEFAULT_RECORDING,
    ...rest,
    open: typeof target === 'string' ? directorySink(target, { overwrite }) : target,
  };
}

function defaultName({ kind, userId, ssrc, part }: RecordedFile): string {
  const whose = ssrc === null ? kind.slice(0, kind.indexOf('-')) : speakerName({ userId, ssrc });
  return `${whose}${part > 1 ? `.part${part}` : ''}.${EXTENSIONS[kind]}`;
}
