/** One reading of a track's media while it is heard: packets to be passed, or samples to be mixed, from the same place on. */
import { SAMPLES_PER_FRAME } from '../../../protocol/silence.js';
import type { OpusFrame } from '../../../types.js';
import type { OpusDecoderFactory } from '../../opus/codec.js';
import { CHANNELS } from '../../pcm/pcm.js';
import { PcmReader } from '../../steps/numbers.js';
import type { PcmFilter } from '../../steps/step.js';
import type { Media, Piece } from '../media/media.js';
import { Fifo } from '../mixture/fifo.js';
import { FilterChain } from './filter-chain.js';
import { PacketDecoder } from './packet-decoder.js';
import { ReadAhead } from './read-ahead.js';

/** How a deck plays. Places are in samples from the start of the media. */
export interface DeckSettings {
  readonly from: number;
  /** Where it ends; Infinity: with the media. */
  readonly end: number;
  readonly filters: readonly PcmFilter[];
  readonly codec: OpusDecoderFactory;
  /** Samples to be read ahead. */
  readonly readAhead: () => number;
  /** Something has come. */
  readonly onChange: () => void;
  readonly onDamage: (error: unknown) => void;
}

export class Deck {
  readonly from: number;
  readonly #end: number;
  readonly #ahead: ReadAhead;
  readonly #decoder: PacketDecoder;
  readonly #reader = new PcmReader();
  readonly #fifo = new Fifo();
  readonly #filters: FilterChain;
  /** Where in the media the next piece begins. */
  #next: number;
  #begun = false;
  #flushed = false;
  #whole: OpusFrame | undefined;

  constructor(media: Media, settings: DeckSettings) {
    this.from = settings.from;
    this.#next = settings.from;
    this.#end = settings.end;
    this.#filters = new FilterChain(settings.filters);
    this.#decoder = new PacketDecoder(settings.codec, settings.onDamage);
    this.#ahead = new ReadAhead(media, settings.from, settings.readAhead, settings.onChange);
  }

  /** Where in the media that is which is heard next. With filters that change the tempo, nearly. */
  get position(): number {
    return Math.max(Math.min(this.from, this.#next), this.#next - this.#fifo.length);
  }

  get filtered(): boolean {
    return !this.#filters.idle;
  }

  /** What the media failed with, once everything before it was heard. */
  get failure(): { readonly error: unknown } | undefined {
    return this.exhausted ? this.#ahead.failure : undefined;
  }

  /** Samples that can be heard without waiting. */
  get available(): number {
    this.#begin();
    const ahead = this.#filters.over ? 0 : Math.min(this.#ahead.samples, this.#end - this.#next);
    return this.#fifo.length + Math.max(0, ahead);
  }

  /** Nothing comes behind what is available. */
  get ending(): boolean {
    return this.#ahead.ended || this.#filters.over || this.#next + this.#ahead.samples >= this.#end;
  }

  /** Everything was heard. */
  get exhausted(): boolean {
    return this.ending && this.available === 0 && (this.#flushed || this.#filters.idle);
  }

  /** Samples up to the end; undefined while that is not in sight. */
  get remaining(): number | undefined {
    if (this.ending) return this.available;
    return this.#end < Infinity ? this.#end - this.position : undefined;
  }

  /** Whether a frame can be had: a whole one, or the last. */
  get ready(): boolean {
    return this.available >= SAMPLES_PER_FRAME || this.ending;
  }

  /** It is made of packets, which begin at frames. */
  get packets(): boolean {
    return this.#ahead.peek()?.packet !== undefined;
  }

  /** The packet that the last `take()` gave, where that was all of one, and nothing but it. */
  get whole(): OpusFrame | undefined {
    return this.#whole;
  }

  /** The next packet, where it can be passed as it is: a frame of 20 ms of which all is to be heard. */
  get passable(): Piece | undefined {
    this.#begin();
    const piece = this.#ahead.peek();
    if (piece?.packet === undefined || piece.samples !== SAMPLES_PER_FRAME) return undefined;
    return this.#fifo.length > 0 || this.filtered || piece.at + piece.samples > this.#end ? undefined : piece;
  }

  /** Takes the packet that is {@link passable}. */
  pass(): OpusFrame {
    const { packet } = this.#shift()!;
    this.#decoder.pass(packet!);
    return packet!;
  }

  /** What was heard last, for an encoder to begin with. */
  preRoll(): Float32Array {
    return this.#decoder.preRoll();
  }

  /**
   * Samples into `out`, interleaved, from the pair `at` on: as many as are wanted, or none where those are not here yet; fewer only at the
   * end.
   */
  take(out: Float32Array, at: number, pairs: number): number {
    this.#whole = undefined;
    const grid = this.#fifo.length === 0;
    let packets = 0;
    let last: Piece | undefined;
    while (this.#fifo.length < pairs) {
      last = this.#decodeNext();
      if (last === undefined) break;
      packets += last.packet === undefined ? 2 : 1;
    }
    if (this.#fifo.length < pairs && !this.ending) return 0;
    if (this.#fifo.length < pairs) this.#flush();
    const taken = this.#fifo.take(out, at, pairs);
    if (grid && packets === 1 && taken === pairs && this.#fifo.length === 0 && last?.samples === taken) this.#whole = last.packet;
    return taken;
  }

  /** Other filters from here on. */
  filter(filters: readonly PcmFilter[]): void {
    this.#filters.change(filters);
  }

  /** Reads on, where there is room now. */
  ask(): void {
    this.#ahead.ask();
  }

  /** What was passed is still known: a pre-roll can be had of it. */
  release(): void {
    this.#ahead.release();
    this.#decoder.free();
    this.#filters.free();
  }

  /** Packets before the place are for the decoder alone. */
  #begin(): void {
    if (this.#begun) return;
    for (let piece = this.#ahead.peek(); piece !== undefined; piece = this.#ahead.peek()) {
      if (piece.packet === undefined || piece.at + piece.samples > this.from) {
        this.#begun = true;
        this.#next = piece.at;
        return;
      }
      this.#ahead.shift();
      this.#decoder.pass(piece.packet);
    }
  }

  #shift(): Piece | undefined {
    const piece = this.#ahead.shift();
    if (piece !== undefined) this.#next = piece.at + piece.samples;
    return piece;
  }

  /** Decodes the next piece into what waits, up to the end. */
  #decodeNext(): Piece | undefined {
    this.#begin();
    if (this.#next >= this.#end || this.#filters.over) return undefined;
    const piece = this.#shift();
    if (piece === undefined) return undefined;
    const wanted = Math.min(piece.samples, this.#end - piece.at, piece.pcm === undefined ? Infinity : SAMPLES_PER_FRAME);
    const samples = piece.pcm === undefined ? this.#decoder.decode(piece.packet!, piece.samples) : this.#pcm(piece, wanted);
    const heard = samples.subarray(0, wanted * CHANNELS);
    this.#next = piece.at + wanted;
    this.#fifo.push(this.#filters.idle ? heard : this.#filters.step(heard));
    return piece;
  }

  /** PCM may come in pieces of any length, a whole song in one: no more than a frame of it is made ready at once. */
  #pcm(piece: Piece, wanted: number): Float32Array {
    this.#ahead.unshift(piece, wanted);
    return this.#reader.read(piece.pcm!.subarray(0, wanted * CHANNELS));
  }

  #flush(): void {
    if (this.#flushed || this.#filters.idle) return;
    this.#flushed = true;
    this.#fifo.push(this.#filters.flush());
  }
}
