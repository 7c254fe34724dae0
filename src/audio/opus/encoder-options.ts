/** How to encode: the options, their defaults and their bounds. */
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

/** How to encode. */
export interface OpusEncoderOptions {
  /** Bits a second, 6000 to 510 000. Default 64 000, which is what a Discord channel has unless its settings say otherwise. */
  readonly bitrate?: number;
  /** `audio` for music and mixtures, `voip` for one voice, `lowdelay` without the 4 ms look-ahead of both. Default `audio`. */
  readonly application?: OpusApplication;
  /** What the sound is: `voice` and `music` lead libopus to the one coder or the other. Default `auto`: it finds out by itself. */
  readonly signal?: OpusSignal;
  /**
   * In-band FEC: a packet of speech (`voip`, a low bitrate) also holds a coarse copy of the one before it, where loss is expected, for
   * decoders that read it. Default: on where `packetLoss` is above 0.
   */
  readonly fec?: boolean;
  /** The loss to expect, in percent: the more, the finer that copy, and the less a packet relies on the one before it. Default 0. */
  readonly packetLoss?: number;
  /** From 0, quick, to 10, the best that it can. Default 9. */
  readonly complexity?: number;
  /** Discontinuous transmission: in silence, most packets hold nothing, and are a byte or two long. Default false. */
  readonly dtx?: boolean;
  /** The one length of packets, in ms; Discord wants 20. Default: each `encode` is given what length it likes. */
  readonly frameDuration?: OpusFrameDuration;
}

/** How PCM is encoded unless told otherwise: bits a second, and percent. */
export const DEFAULT_ENCODING = {
  bitrate: 64_000,
  application: 'audio',
  signal: 'auto',
  packetLoss: 0,
  complexity: 9,
  dtx: false,
} as const satisfies OpusEncoderOptions;

/** What libopus takes for stereo. */
const BITRATES = { least: 6_000, most: 510_000 } as const;

/** Options that are all there. */
export interface OpusEncoding extends Required<Omit<OpusEncoderOptions, 'frameDuration'>> {
  /** Numbers, left and right interleaved, that `encode` takes. */
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

/** @throws VoiceOptionsError for an option that is none, or out of its range */
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

/** What opus_encoder_ctl() is asked for. */
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

/** @throws OpusEncoderError for a number of samples that `encode` does not take */
export function requireFrameLength(length: number, { lengths }: OpusEncoding): void {
  if (lengths.includes(length)) return;
  const wanted = lengths.length === 1 ? lengths[0]! : 1_920;
  throw new OpusEncoderError(
    `${length} samples are no Opus frame: cut the audio into pieces of ${wanted} (${wanted / CHANNELS / SAMPLES_PER_MS} ms at 48 kHz, ` +
      'left and right interleaved); the last one is filled up with zeros',
  );
}
