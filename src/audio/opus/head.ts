/** The header of an Opus stream, independent of its container. */

const HEAD_BYTES = 19;
const MAGIC = 'OpusHead';
/** Output gain is Q7.8: 256 steps per decibel. */
const GAIN_STEPS = 256;

/** The identification header of an Opus stream. */
export interface OpusHead {
  readonly channels: number;
  /** Samples at 48 kHz that a player discards at the start. */
  readonly preSkip: number;
  /** Gain, in dB, that a player must apply; nearly always 0. */
  readonly outputGain: number;
  /** Channel mapping family: 0 is mono and stereo, 1 is surround. */
  readonly family: number;
}

/**
 * Reads an OpusHead, as used in Ogg and in the CodecPrivate of Matroska; undefined if it is not one.
 *
 * ```
 *  0          8         9          10         12           16     18       19
 *  +----------+---------+----------+----------+------------+------+--------+
 *  | OpusHead | version | channels | pre-skip | input rate | gain | family |   little-endian; the upper half of version is 0
 *  +----------+---------+----------+----------+------------+------+--------+
 * ```
 * Source: RFC 7845 section 5.1.
 */
export function readOpusHead(bytes: Uint8Array): OpusHead | undefined {
  if (bytes.length < HEAD_BYTES) return undefined;
  for (let i = 0; i < MAGIC.length; i++) if (bytes[i] !== MAGIC.charCodeAt(i)) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return {
    channels: bytes[9]!,
    preSkip: view.getUint16(10, true),
    outputGain: view.getInt16(16, true) / GAIN_STEPS,
    family: bytes[18]!,
  };
}

/** Whether a stream with this header can be played unchanged: Discord accepts mono and stereo. */
export function isPlayable({ channels, family }: OpusHead): boolean {
  return family === 0 && (channels === 1 || channels === 2);
}
