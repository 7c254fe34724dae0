/** Ogg/Opus as a container of the recorder: unchanged packets, kept at their positions without encoding them again. */
import { OPUS_GRID, opusPacketSamples } from '../../protocol/opus-packet.js';
import { isSilenceFrame } from '../../protocol/silence.js';
import { OggOpusWriter, type OggOpusWriterOptions } from '../ogg/opus-writer.js';
import { opusNothing } from '../opus/silence.js';
import type { FileChunk } from '../pcm/wav-writer.js';
import { AppendedBytes } from './appended.js';
import type { Container, Fit, Piece } from './container.js';

/** Silence is made in steps of a second, when it is written: hours of it need no memory. */
const SILENCE_STEP = 48_000;
/** Longest gap that players are left to conceal, in samples: 120 ms. They fade out within less. */
const MAX_CONCEALED = 5_760;

/**
 * The length of a packet cannot be adjusted by single samples. So if the sender's clock drifts, the file may be up to half a packet off,
 * and is then corrected by a whole packet: one is left out, or one is added that the player conceals. At a packet of silence that happens
 * as soon as it helps, within speech a little later, so that most corrections fall into silence.
 *
 * ```
 * place      0    20.02  40.04 …  9990.0  10010.0     a clock that runs 0.1 % slow
 * file       0    20     40    …  9977.5  [9997.5] 10017.5       one packet more, without data
 * ```
 * Its granule positions count the packets that are present, as RFC 7845 section 4 requires; none is adjusted. RFC 7845 section 4.1 is
 * also the source of the packet without data.
 */
export class OggContainer implements Container<Uint8Array> {
  readonly room = Number.POSITIVE_INFINITY;
  readonly #writer: OggOpusWriter;
  readonly #lead: number;
  readonly #file = new AppendedBytes();
  /** The length of a packet without data, in samples. */
  #unit = OPUS_GRID;

  /** @param lead samples of silence before the first piece, a multiple of 120, that are not part of the recording: `preSkip` removes them */
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
    // After a pause, and next to silence, gaps are filled exactly with silence; within speech that would be heard.
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
