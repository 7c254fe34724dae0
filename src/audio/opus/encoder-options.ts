/** The options of an encoder, their defaults and their limits. */
import { count, fields, oneOf, type Check } from '../../checks/check.js';
import { FLAG } from '../../checks/common.js';
import { SAMPLES_PER_MS } from '../../protocol/silence.js';
import { OpusEncoderError } from '../errors.js';
import { CHANNELS } from '../pcm/pcm.js';
import { APPLICATIONS, SET, SIGNALS } from './libopus.js';

/** What an encoder is tuned for. */
export type OpusApplication = keyof typeof APPLICATIONS;
/** What kind of sound an encoder is told to expect. */
export type OpusSignal = keyof typeof SIGNALS;
/** Lengths that a packet can have, in ms. */
export const FRAME_DURATIONS = [2.5, 5, 10, 20, 40, 60, 80, 100, 120] as const;
/** One of {@link FRAME_DURATIONS}. */
export type OpusFrameDuration = (typeof FRAME_DURATIONS)[number];

/** Options of an encoder. */
export interface OpusEncoderOptions {
  /** Bits per second, 6000 to 510 000. Default 64 000, the default of a Discord channel. */
  readonly bitrate?: number;
  /** `audio` for music and mixtures, `voip` for one voice, `lowdelay` without the 4 ms look-ahead of both. Default `audio`. */
  readonly application?: OpusApplication;
  /** The kind of sound: `voice` and `music` make libopus prefer one coder or the other. Default `auto`: it detects the kind itself. */
  readonly signal?: OpusSignal;
  /**
   * In-band FEC: a packet of speech (`voip`, a low bitrate) also contains a coarse copy of the one before it, if loss is expected, for
   * decoders that read it. Default: on if `packetLoss` is above 0.
   */
  readonly fec?: boolean;
  /** The expected loss, in percent: the higher, the finer that copy, and the less a packet depends on the one before it. Default 0. */
  readonly packetLoss?: number;
  /** From 0 (fast) to 10 (best quality). Default 9. */
  readonly complexity?: number;
  /** Discontinuous transmission: in silence, most packets are empty, and one or two bytes long. Default false. */
  readonly dtx?: boolean;
  /** The length of every packet, in ms; Discord expects 20. Default: each `encode` may be given another length. */
  readonly frameDuration?: OpusFrameDuration;
}

/** The defaults of an encoder, in bits per second and percent. */
export const DEFAULT_ENCODING = {
  bitrate: 64_000,
  application: 'audio',
  signal: 'auto',
  packetLoss: 0,
  complexity: 9,
  dtx: false,
} as const satisfies OpusEncoderOptions;

/** The range of libopus for stereo. */
const BITRATES = { least: 6_000, most: 510_000 } as const;

/** Options with all defaults filled in. */
export interface OpusEncoding extends Required<Omit<OpusEncoderOptions, 'frameDuration'>> {
  /** The numbers of values, left and right interleaved, that `encode` accepts. */
  readonly lengths: readonly number[];
}

export const OPUS_ENCODER = {
  bitrate: count(`a whole number of bits a second from ${BITRATES.least} to ${BITRATES.most}`, BITRATES.least, BITRATES.most),
  application: oneOf(Object.keys(APPLICATIONS)),
  signal: oneOf(Object.keys(SIGNALS)),
  fec: FLAG,
  packetLoss: count('a whole number of percent from 0 to 100', 0, 100),
  complexity: count('a whole number from 0 to 10', 0, 10),
  dtx: FLAG,
  frameDuration: oneOf(FRAME_DURATIONS),
} satisfies Readonly<Record<keyof OpusEncoderOptions, Check>>;
const checkOptions = fields(OPUS_ENCODER);

/** @throws VoiceOptionsError for an unknown option, or one that is out of range */
export function opusEncoding(options: OpusEncoderOptions = {}): OpusEncoding {
  checkOptions('', options);
  const {
    bitrate = DEFAULT_ENCODING.bitrate,
    application = DEFAULT_ENCODING.application,
    signal = DEFAULT_ENCODING.signal,
    packetLoss = DEFAULT_ENCODING.packetLoss,
    fec = packetLoss > 0,
    complexity = DEFAULT_ENCODING.complexity,
    dtx = DEFAULT_ENCODING.dtx,
    frameDuration,
  } = options;
  const durations = frameDuration === undefined ? FRAME_DURATIONS : [frameDuration];
  const lengths = durations.map((ms) => ms * SAMPLES_PER_MS * CHANNELS);
  return { bitrate, application, signal, packetLoss, fec, complexity, dtx, lengths };
}

/** The requests for opus_encoder_ctl(). */
export function encoderRequests({ bitrate, fec, packetLoss, complexity, dtx, signal }: OpusEncoding): readonly (readonly [number, number])[] {
  return [
    [SET.bitrate, bitrate],
    [SET.fec, fec ? 1 : 0],
    [SET.packetLoss, packetLoss],
    [SET.complexity, complexity],
    [SET.dtx, dtx ? 1 : 0],
    [SET.signal, SIGNALS[signal]],
  ];
}

/** @throws OpusEncoderError for a number of samples that `encode` does not accept */
export function requireFrameLength(length: number, { lengths }: OpusEncoding): void {
  if (lengths.includes(length)) return;
  const wanted = lengths.length === 1 ? lengths[0]! : 1_920;
  throw new OpusEncoderError(
    `${length} samples are no Opus frame: cut the audio into pieces of ${wanted} (${wanted / CHANNELS / SAMPLES_PER_MS} ms at 48 kHz, ` +
      'left and right interleaved); the last one is filled up with zeros',
  );
}
