/** Packets or PCM from an iterable of the user. */
import { guarded } from '../../../edge.js';
import { VoiceOptionsError } from '../../../errors.js';
import { opusPacketSamples } from '../../../protocol/opus-packet.js';
import { CHANNELS } from '../../pcm/pcm.js';
import type { PcmPiece } from '../../steps/piece.js';
import type { OpusFrame } from '../../../types.js';
import { WARM_UP_SAMPLES, type Media, type MediaReading, type Piece } from './media.js';

/** Sound in pieces: Opus packets, PCM of 48 kHz stereo, or the frames of `pcm()`. */
export type SoundIterable = Iterable<OpusFrame | PcmPiece> | AsyncIterable<OpusFrame | PcmPiece>;

/** Limit of consecutive empty pieces: an endless series of them would block everything else. */
const MAX_EMPTY = 1_000;

/** An array can be read again, and so can an iterable that makes a new iterator each time. A generator is its own iterator: it is read once. */
export function iterableMedia(input: SoundIterable): Media {
  return {
    get repeatable() {
      return !('next' in input && typeof input.next === 'function');
    },
    start: 0,
    open: (from) => new IterableReading(input, from),
  };
}

type AnyIterator = Iterator<unknown> | AsyncIterator<unknown>;

class IterableReading implements MediaReading {
  readonly #input: SoundIterable;
  readonly #from: number;
  #iterator: AnyIterator | undefined;
  #at = 0;
  #count = 0;
  #empty = 0;
  #over = false;

  constructor(input: SoundIterable, from: number) {
    this.#input = input;
    this.#from = from;
  }

  async next(): Promise<Piece | undefined> {
    this.#iterator ??= Symbol.asyncIterator in this.#input ? this.#input[Symbol.asyncIterator]() : this.#input[Symbol.iterator]();
    while (!this.#over) {
      const { done, value } = await this.#iterator.next();
      if (done === true) this.#over = true;
      else {
        const piece = this.#piece(value);
        this.#empty = piece.samples > 0 ? 0 : this.#empty + 1;
        if (this.#empty > MAX_EMPTY) throw this.#wrong(`it is the last of ${MAX_EMPTY} in a row that are empty`);
        this.#at += piece.samples;
        this.#count += 1;
        if (this.#at > this.#from - (piece.packet === undefined ? 0 : WARM_UP_SAMPLES)) return this.#cut(piece);
      }
    }
    return undefined;
  }

  release(): void {
    const letGo = !this.#over;
    this.#over = true;
    if (!letGo) return;
    const source = this.#input as { readonly destroy?: () => unknown };
    // A Readable's iterator waits for a pending read; `destroy()` does not.
    guarded(() => void (typeof source.destroy === 'function' ? source.destroy() : undefined));
    guarded(() => void Promise.resolve(this.#iterator?.return?.()).catch(() => undefined));
  }

  #piece(value: unknown): Piece {
    const at = this.#at;
    const pcm = value instanceof Int16Array ? value : pcmOf(value);
    if (pcm !== undefined) {
      if (pcm.length % CHANNELS === 0) return { at, samples: pcm.length / CHANNELS, pcm };
      throw this.#wrong(`it has ${pcm.length} numbers, and PCM is left and right in turn: an even number`);
    }
    if (!(value instanceof Uint8Array)) throw this.#wrong('it is neither an Opus packet (a Uint8Array) nor PCM (an Int16Array)');
    const samples = opusPacketSamples(value);
    if (typeof samples === 'number') return { at, samples, packet: value };
    throw this.#wrong(`it is no Opus packet: ${samples}. The bytes of a file become packets by source()`);
  }

  /** Cuts PCM, so that it begins exactly at the requested position. */
  #cut(piece: Piece): Piece {
    const before = this.#from - piece.at;
    if (piece.pcm === undefined || before <= 0) return piece;
    return { at: this.#from, samples: piece.samples - before, pcm: piece.pcm.subarray(before * CHANNELS) };
  }

  #wrong(reason: string): VoiceOptionsError {
    return new VoiceOptionsError(`track source, piece ${this.#count} (counted from 0)`, reason);
  }
}

function pcmOf(value: unknown): Int16Array | undefined {
  return typeof value === 'object' && value !== null && 'pcm' in value && value.pcm instanceof Int16Array ? value.pcm : undefined;
}
