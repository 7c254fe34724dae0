/** Ogg/Opus as a container of the recorder: packets as they are, held to their places without being encoded anew. */
import { OPUS_GRID, opusPacketSamples } from '../../protocol/opus-packet.js';
import { isSilenceFrame } from '../../protocol/silence.js';
import { OggOpusWriter, type OggOpusWriterOptions } from '../ogg/opus-writer.js';
import { opusNothing } from '../opus/silence.js';
import type { FileChunk } from '../pcm/wav-writer.js';
import { AppendedBytes } from './appended.js';
import type { Container, Fit, Piece } from './container.js';

/** Silence is made a second at a time, when it is its turn: hours of it need no memory. */
const SILENCE_STEP = 48_000;
/** Gaps that players are left to conceal, in samples: 120 ms. They fade out within less. */
const MAX_CONCEALED = 5_760;

/**
 * A packet cannot be a sample longer. So where the sender's clock drifts, the file is let run up to half a packet off, and is then
 * put right by a whole one: left out, or one more that the player conceals. At a packet of silence that is done as soon as it helps,
 * within speech a little later, so that most of it falls into silence.
 *
 * ```
 * place      0    20.02  40.04 …  9990.0  10010.0     a clock that runs 0.1 % slow
 * file       0    20     40    …  9977.5  [9997.5] 10017.5       one packet more, without data
 * ```
 * Its granule positions count the packets that are there, as RFC 7845 section 4 demands; none is bent. RFC 7845 section 4.1 is also
 * the source of the packet without data.
 */
export class OggContainer implements Container<Uint8Array> {
  readonly room = Number.POSITIVE_INFINITY;
  readonly #writer: OggOpusWriter;
  readonly #lead: number;
  readonly #file = new AppendedBytes();
  /** The length of a packet without data, in samples. */
  #unit = OPUS_GRID;

  /** @param lead samples of silence before the first piece, in multiples of 120, that are no part of the recording: `preSkip` takes them off */
  constructor(options: OggOpusWriterOptions, lead = 0) {
    this.#writer = new OggOpusWriter(options);
    this.#lead = lead;
  }

  get samples(): number {
    return Math.max(0, this.#writer.samples - this.#lead);
  }

  get samplesOut(): number {
    return Math.max(0, this.#writer.samplesOut - this.#lead);
  }

  fit({ audio, joins }: Piece<Uint8Array>, gap: number): Fit {
    const half = Number(opusPacketSamples(audio)) / 2;
    const quiet = isSilenceFrame(audio);
    const slack = quiet ? half : half + OPUS_GRID;
    if (gap <= -slack) return 'leave-out';
    if (gap < OPUS_GRID) return 'write';
    // Behind a pause, and beside silence, silence is put in to the grain; within speech it would be heard.
    if (!joins || quiet || gap > MAX_CONCEALED + slack) return { silence: gap };
    return gap < slack ? 'write' : { conceal: Math.max(1, Math.round(gap / this.#unit)) * this.#unit };
  }

  header(): readonly FileChunk[] {
    return this.#file.chunks([this.#writer.header(), ...this.#writer.silence(this.#lead)]);
  }

  write({ audio }: Piece<Uint8Array>): readonly FileChunk[] {
    this.#unit = Number(opusPacketSamples(opusNothing(audio)));
    return this.#file.chunks(this.#writer.write(audio));
  }

  silence(samples: number): readonly FileChunk[] {
    return this.#file.chunks(this.#writer.silence(Math.min(samples, SILENCE_STEP)));
  }

  conceal(samples: number): readonly FileChunk[] {
    return this.#file.chunks(this.#writer.conceal(samples));
  }

  flush(): readonly FileChunk[] {
    return this.#file.chunks(this.#writer.flush());
  }

  end(): readonly FileChunk[] {
    return this.#file.chunks(this.#writer.end());
  }
}
