/** PCM to the packets that `play()` takes. */
import type { OpusFrame } from '../../types.js';
import { createOpusEncoder, type OpusEncoder, type OpusEncoderOptions } from '../opus/encoder.js';
import { BLOCK_LENGTH, PcmBlocks } from '../pcm/blocks.js';
import { CHANNELS } from '../pcm/pcm.js';
import { liftPcm } from './lift.js';
import type { PcmOperator, PcmPiece, PieceStep } from './piece.js';
import { samplesOf } from './numbers.js';

/** The encoder's look-ahead: the last of the sound comes out with the packet behind. Source: libopus, `OPUS_GET_LOOKAHEAD` at 48 kHz. */
const LOOK_AHEAD = { audio: 312, voip: 312, lowdelay: 120 } as const;

/**
 * Encodes to Opus packets of 20 ms. The pieces may be cut anywhere and have any length; the last packet is filled up with silence,
 * and there is one more where the encoder still holds sound (it looks 6.5 ms ahead). Of nothing it makes nothing. Each stream has an
 * encoder, given back with it.
 *
 * ```
 * pcm      -a-b----c--|            pieces of any length
 * frames   ---1----2--(3|)         20 ms each
 * ```
 * ```ts
 * session.play(speech$.pipe(volume(0.5), encodeOpus()));
 * session.play(encodeOpus({ bitrate: 96_000 })(volume(level$)(pcm('song.mp3'))));
 * ```
 * @throws RangeError at once when an option is out of its range. The stream errors with OpusEncoderError when no encoder can be made.
 */
export function encodeOpus(options: OpusEncoderOptions = {}): PcmOperator<OpusFrame> {
  // Wrong options are found out where they are written; the memory is kept for the first stream.
  createOpusEncoder(options).free();
  return liftPcm(() => new OpusBlocks(createOpusEncoder(options), LOOK_AHEAD[options.application ?? 'audio']));
}

class OpusBlocks implements PieceStep<OpusFrame> {
  readonly over = false;
  readonly #encoder: OpusEncoder;
  readonly #lookAhead: number;
  readonly #blocks = new PcmBlocks();
  #any = false;

  constructor(encoder: OpusEncoder, lookAhead: number) {
    this.#encoder = encoder;
    this.#lookAhead = lookAhead;
  }

  *push(piece: PcmPiece): Generator<OpusFrame, void> {
    for (const block of this.#blocks.push(samplesOf(piece))) yield this.#encode(block);
  }

  *flush(): Generator<OpusFrame, void> {
    const rest = this.#blocks.flush();
    if (rest.length > 0) yield this.#encode(filledUp(rest));
    const room = rest.length === 0 ? 0 : BLOCK_LENGTH - rest.length;
    if (this.#any && room < this.#lookAhead * CHANNELS) yield this.#encode(filledUp(rest.subarray(0, 0)));
  }

  free(): void {
    this.#encoder.free();
  }

  #encode(block: Int16Array): OpusFrame {
    this.#any = true;
    return this.#encoder.encode(block);
  }
}

function filledUp(pcm: Int16Array): Int16Array {
  const full = new Int16Array(BLOCK_LENGTH);
  full.set(pcm);
  return full;
}
