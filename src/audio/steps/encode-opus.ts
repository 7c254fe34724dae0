/** Encodes PCM to the packets that `play()` takes. */
import { fields, functionOf, type Check } from '../../checks/check.js';
import { FRAME_MS, SAMPLES_PER_MS } from '../../protocol/silence.js';
import type { OpusFrame } from '../../types.js';
import type { OpusEncoderFactory, OpusPacketEncoder } from '../opus/codec.js';
import { OPUS_ENCODER, opusEncoding, type OpusEncoderOptions } from '../opus/encoder-options.js';
import { createOpusEncoder } from '../opus/encoder.js';
import { PcmBlocks } from '../pcm/blocks.js';
import { CHANNELS } from '../pcm/pcm.js';
import { liftPcm } from './lift.js';
import { samplesOf } from './numbers.js';
import type { PcmOperator, PcmPiece, PieceStep } from './piece.js';

/** The encoder's look-ahead: the end of the sound comes out with the packet after it. Source: libopus, `OPUS_GET_LOOKAHEAD` at 48 kHz. */
const LOOK_AHEAD = { audio: 312, voip: 312, lowdelay: 120 } as const;

/** How to encode a stream. */
export interface EncodeOpusOptions extends OpusEncoderOptions {
  /** Makes its encoder. Default `createOpusEncoder`. */
  readonly encoder?: OpusEncoderFactory;
}

const checkOptions = fields({ ...OPUS_ENCODER, encoder: functionOf('that makes an encoder') } satisfies Readonly<Record<keyof EncodeOpusOptions, Check>>);

/**
 * Encodes to Opus packets, of 20 ms unless `frameDuration` is given. Pieces may be cut anywhere and have any length. The last packet is
 * padded with silence, and one more follows if the encoder still holds sound (it looks 6.5 ms ahead). An empty stream gives no packets.
 * Each stream has its own encoder, which is freed with it.
 *
 * ```
 * pcm      -a-b----c--|            pieces of any length
 * frames   ---1----2--(3|)         20 ms each
 * ```
 * ```ts
 * session.play(speech$.pipe(volume(0.5), encodeOpus()));
 * session.play(encodeOpus({ bitrate: 96_000 })(volume(level$)(pcm('song.mp3'))));
 * ```
 * @throws VoiceOptionsError at once for an invalid option. The stream errors with OpusEncoderError when no encoder can be made.
 */
export function encodeOpus(options: EncodeOpusOptions = {}): PcmOperator<OpusFrame> {
  checkOptions('', options);
  const { encoder = createOpusEncoder, ...encoding } = options;
  const { application } = opusEncoding(encoding);
  const length = (encoding.frameDuration ?? FRAME_MS) * SAMPLES_PER_MS * CHANNELS;
  return liftPcm(() => new OpusBlocks(encoder(encoding), length, LOOK_AHEAD[application] * CHANNELS));
}

class OpusBlocks implements PieceStep<OpusFrame> {
  readonly over = false;
  readonly #encoder: OpusPacketEncoder;
  /** Length of a packet, in values. */
  readonly #length: number;
  readonly #lookAhead: number;
  readonly #blocks: PcmBlocks;
  #any = false;

  constructor(encoder: OpusPacketEncoder, length: number, lookAhead: number) {
    this.#encoder = encoder;
    this.#length = length;
    this.#lookAhead = lookAhead;
    this.#blocks = new PcmBlocks(length);
  }

  *push(piece: PcmPiece): Generator<OpusFrame, void> {
    for (const block of this.#blocks.push(samplesOf(piece))) yield this.#encode(block);
  }

  *flush(): Generator<OpusFrame, void> {
    const rest = this.#blocks.flush();
    if (rest.length > 0) yield this.#encode(this.#filledUp(rest));
    if (!this.#any) return;
    const room = rest.length === 0 ? 0 : this.#length - rest.length;
    for (let behind = room; behind < this.#lookAhead; behind += this.#length) yield this.#encode(new Int16Array(this.#length));
  }

  free(): void {
    this.#encoder.free?.();
  }

  #encode(block: Int16Array): OpusFrame {
    this.#any = true;
    return this.#encoder.encode(block);
  }

  #filledUp(pcm: Int16Array): Int16Array {
    const full = new Int16Array(this.#length);
    full.set(pcm);
    return full;
  }
}
