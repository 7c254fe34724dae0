/** One reading of a track's media: it gives packets to pass, or samples to mix, from the same position. */
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

/** How a deck plays. Positions are in samples from the start of the media. */
export interface DeckSettings {
  readonly from: number;
  /** Where it ends; Infinity: at the end of the media. */
  readonly end: number;
  readonly filters: readonly PcmFilter[];
  readonly codec: OpusDecoderFactory;
  /** How many samples to read ahead. */
  readonly readAhead: () => number;
  /** Called when data has arrived. */
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

  /** The position in the media of the next sample to be heard. With filters that change the tempo it is approximate. */
  get position(): number {
    return Math.max(Math.min(this.from, this.#next), this.#next - this.#fifo.length);
  }

  get filtered(): boolean {
    return !this.#filters.idle;
  }

  /** The error of the media, once everything before it was heard. */
  get failure(): { readonly error: unknown } | undefined {
    return this.exhausted ? this.#ahead.failure : undefined;
  }

  /** Samples that can be heard without waiting. */
  get available(): number {
    this.#begin();
    const ahead = this.#filters.over ? 0 : Math.min(this.#ahead.samples, this.#end - this.#next);
    return this.#fifo.length + Math.max(0, ahead);
  }

  /** Whether nothing comes after what is available. */
  get ending(): boolean {
    return this.#ahead.ended || this.#filters.over || this.#next + this.#ahead.samples >= this.#end;
  }

  /** Whether everything was heard. */
  get exhausted(): boolean {
    return this.ending && this.available === 0 && (this.#flushed || this.#filters.idle);
  }

  /** Samples up to the end; undefined while the end is not known. */
  get remaining(): number | undefined {
    if (this.ending) return this.available;
    return this.#end < Infinity ? this.#end - this.position : undefined;
  }

  /** Whether a frame is available: a whole one, or the last. */
  get ready(): boolean {
    return this.available >= SAMPLES_PER_FRAME || this.ending;
  }

  /** Whether the next piece is a packet. Packets must begin at a frame. */
  get packets(): boolean {
    return this.#ahead.peek()?.packet !== undefined;
  }

  /** The packet that the last `take()` decoded, if its result was exactly that packet. */
  get whole(): OpusFrame | undefined {
    return this.#whole;
  }

  /** The next packet, if it can be passed unchanged: a frame of 20 ms that is heard entirely. */
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

  /** The sound heard last, with which an encoder begins. */
  preRoll(): Float32Array {
    return this.#decoder.preRoll();
  }

  /**
   * Copies interleaved samples into `out`, starting at the pair `at`: as many as requested, or none if they are not available yet; fewer only at
   * the end.
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

  /** Replaces the filters from here on. */
  filter(filters: readonly PcmFilter[]): void {
    this.#filters.change(filters);
  }

  /** Continues reading if there is room now. */
  ask(): void {
    this.#ahead.ask();
  }

  /** Passed packets stay known after this, so `preRoll()` still works. */
  release(): void {
    this.#ahead.release();
    this.#decoder.free();
    this.#filters.free();
  }

  /** Skips packets that end before the start position: they only warm up the decoder. */
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

  /** Decodes the next piece into the queue, up to the end. */
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

  /** PCM may come in pieces of any length, even a whole song: at most one frame of it is prepared at a time. */
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
