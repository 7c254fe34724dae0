/** Converts speech and other PCM of another rate. */
import { must, oneOf } from '../../checks/check.js';
import { PcmConverter } from '../pcm/converter.js';
import { isSampleRate } from '../pcm/resampler.js';
import { liftPcm } from './lift.js';
import type { PcmOperator, PcmPiece, PieceStep } from './piece.js';
import { samplesOf } from './numbers.js';

const checkRate = must('a whole number of Hz from 4000 to 768 000', (value) => isSampleRate(value as number));
const checkChannels = oneOf([1, 2]);

/**
 * Converts PCM of another rate, or of one channel, to the 48 kHz stereo that everything here takes: for example speech of a synthesiser at
 * 24 kHz. Mono is heard on both sides. Pieces may be cut anywhere. For the quality see `Resampler`. The output is as long as the input, to
 * the sample.
 *
 * ```ts
 * speech$.pipe(resample(24_000, 1), volume(0.8), encodeOpus());
 * ```
 * @param rate of the input, in Hz
 * @param channels of the input: 2, interleaved, or 1. Default 2
 * @throws VoiceOptionsError for an invalid rate or number of channels
 */
export function resample(rate: number, channels: 1 | 2 = 2): PcmOperator<Int16Array> {
  checkRate('rate', rate);
  checkChannels('channels', channels);
  return liftPcm(() => new ResampleStep(rate, channels));
}

class ResampleStep implements PieceStep<Int16Array> {
  readonly over = false;
  readonly #converter: PcmConverter;

  constructor(sampleRate: number, channels: 1 | 2) {
    this.#converter = new PcmConverter({ sampleRate, channels, format: 's16' });
  }

  *push(piece: PcmPiece): Generator<Int16Array, void> {
    const { buffer, byteOffset, byteLength } = samplesOf(piece);
    // Little-endian, like all machines that Node runs on but one.
    const pcm = this.#converter.push(new Uint8Array(buffer, byteOffset, byteLength));
    if (pcm.length > 0) yield pcm;
  }

  *flush(): Generator<Int16Array, void> {
    const pcm = this.#converter.flush();
    if (pcm.length > 0) yield pcm;
  }

  free(): void {}
}
