/** PCM as a WAV file. */
import { count, fields, type Check } from '../../checks/check.js';
import { CHANNELS, SAMPLE_RATE } from './pcm.js';

/** Bytes before the samples. */
export const WAV_HEADER_BYTES = 44;
export const BYTES_PER_SAMPLE = 2;
const FORMAT_PCM = 1;
/** Maximum size of a file: the RIFF header counts in 32 bits. */
export const MAX_WAV_BYTES = 0xffff_ffff;
const MAX_DATA_BYTES = MAX_WAV_BYTES - WAV_HEADER_BYTES;

/** The format of the samples. */
export interface WavOptions {
  /** Samples per second and channel. Default 48 000. */
  readonly sampleRate?: number;
  /** Default 2, interleaved. */
  readonly channels?: number;
}

/** The default format of samples. */
export const DEFAULT_WAV = { sampleRate: SAMPLE_RATE, channels: CHANNELS } as const satisfies Required<WavOptions>;

export const WAV = {
  sampleRate: count('a whole number of Hz from 1 to 4294967295', 1, 0xffff_ffff),
  channels: count('a whole number of channels from 1 to 32767', 1, 0x7fff),
} satisfies Readonly<Record<keyof WavOptions, Check>>;
const checkOptions = fields(WAV);

/**
 * A complete WAV file (RIFF, 16-bit PCM) of these chunks of samples, one after the other. The chunks are read once, and held until
 * all are read: a minute of 48 kHz stereo takes 11.5 MB.
 *
 * ```
 *  0      4         8      12     16     20       22         24     28          32      34     36     40         44
 *  +------+---------+------+------+------+--------+----------+------+-----------+-------+------+------+----------+------+
 *  | RIFF | n + 36  | WAVE | fmt  |  16  | 1: PCM | channels | rate | bytes / s | block |  16  | data | n bytes  | PCM  |
 *  +------+---------+------+------+------+--------+----------+------+-----------+-------+------+------+----------+------+
 * ```
 * All little-endian. Source: Microsoft, Multimedia Programming Interface and Data Specifications 1.0, "WAVE".
 *
 * @throws VoiceOptionsError if the rate or the number of channels is not a positive whole number
 * @throws RangeError if the samples are not whole frames, or exceed 4 GiB
 */
export function encodeWav(chunks: Iterable<Int16Array>, options: WavOptions = {}): Uint8Array {
  checkOptions('', options);
  const { sampleRate = DEFAULT_WAV.sampleRate, channels = DEFAULT_WAV.channels } = options;
  const parts = [...chunks];
  const samples = parts.reduce((sum, part) => sum + part.length, 0);
  const dataBytes = samples * BYTES_PER_SAMPLE;
  if (samples % channels !== 0) throw new RangeError(`${samples} samples are not a whole number of frames of ${channels} channels`);
  if (dataBytes > MAX_DATA_BYTES) throw new RangeError(`${dataBytes} bytes of PCM do not fit into one WAV file: 4 GiB is the limit`);

  const file = new Uint8Array(WAV_HEADER_BYTES + dataBytes);
  const view = new DataView(file.buffer);
  const block = channels * BYTES_PER_SAMPLE;
  writeText(file, 0, 'RIFF');
  view.setUint32(4, WAV_HEADER_BYTES - 8 + dataBytes, true);
  writeText(file, 8, 'WAVEfmt ');
  view.setUint32(16, 16, true);
  view.setUint16(20, FORMAT_PCM, true);
  view.setUint16(22, channels, true);
  view.setUint32(24, sampleRate, true);
  view.setUint32(28, sampleRate * block, true);
  view.setUint16(32, block, true);
  view.setUint16(34, 8 * BYTES_PER_SAMPLE, true);
  writeText(file, 36, 'data');
  view.setUint32(40, dataBytes, true);
  let at = WAV_HEADER_BYTES;
  for (const part of parts) {
    for (const sample of part) {
      view.setInt16(at, sample, true);
      at += BYTES_PER_SAMPLE;
    }
  }
  return file;
}


function writeText(file: Uint8Array, at: number, text: string): void {
  for (let i = 0; i < text.length; i++) file[at + i] = text.charCodeAt(i);
}
