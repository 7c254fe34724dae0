/** The position of a track in its media: one deck that is heard, and decks that are prepared to replace it. */
import { SAMPLES_PER_FRAME } from '../../../protocol/silence.js';
import { CHANNELS } from '../../pcm/pcm.js';
import type { PcmFilter } from '../../steps/step.js';
import type { Media } from '../media/media.js';
import type { LoopCount } from '../options.js';
import { Deck, type DeckSettings } from './deck.js';

/** The part of a media to play, in samples. */
export interface Range {
  readonly start: number;
  /** Infinity: all of it. */
  readonly end: number;
}

/** The sound of the deck that is left in a crossfade; reused by the next one. */
const leaving = new Float32Array(SAMPLES_PER_FRAME * CHANNELS);

export class Playhead {
  /** How many more times it is repeated. */
  loop: LoopCount;
  readonly #media: Media;
  readonly #range: Range;
  readonly #settings: Omit<DeckSettings, 'from' | 'end' | 'filters'>;
  #filters: readonly PcmFilter[];
  #deck: Deck;
  /** The deck of the next repetition, used when the current one has reached its end. */
  #again: Deck | undefined;
  /** The deck of a seek, used as soon as it has sound. */
  #sought: Deck | undefined;

  /** Opens the media. */
  constructor(
    media: Media,
    range: Range,
    { loop, filters, ...settings }: Omit<DeckSettings, 'from' | 'end'> & { readonly loop: LoopCount },
  ) {
    this.loop = loop;
    this.#media = media;
    this.#range = range;
    this.#filters = filters;
    this.#settings = settings;
    this.#deck = this.#open(range.start);
  }

  get deck(): Deck {
    return this.#deck;
  }

  /** Whether nothing more comes. */
  get over(): boolean {
    return this.#deck.exhausted && !this.#goesOn;
  }

  /** Whether a frame is available without waiting. */
  get ready(): boolean {
    return this.#deck.exhausted && this.#goesOn ? (this.#again?.ready ?? false) : this.#deck.ready;
  }

  /** Samples up to the very end; undefined while the end is not known. */
  get remaining(): number | undefined {
    return this.#goesOn || this.#sought !== undefined ? undefined : this.#deck.remaining;
  }

  /** Whether the target of a seek is ready to be heard. */
  get crossing(): boolean {
    return this.#sought?.ready ?? false;
  }

  /** Seeks to another position. It is prepared first. */
  seek(place: number): void {
    this.#sought?.release();
    this.#sought = this.#open(place);
  }

  /** Returns the error of a seek that failed before it gave any sound, and gives that seek up; the current deck stays. */
  giveUpSeeking(): { readonly error: unknown; readonly place: number } | undefined {
    const { failure, from: place = 0 } = this.#sought ?? {};
    if (failure === undefined) return undefined;
    this.#sought?.release();
    this.#sought = undefined;
    return { error: failure.error, place };
  }

  filter(filters: readonly PcmFilter[]): void {
    this.#filters = filters;
    for (const deck of [this.#deck, this.#again, this.#sought]) deck?.filter(filters);
  }

  /** Opens what must be ready in time; true when the next repetition begins with the next sample. */
  turn(): boolean {
    this.#deck.ask();
    if (!this.#goesOn || !this.#deck.ending) return false;
    this.#again ??= this.#open(this.#range.start);
    if (!this.#deck.exhausted || !this.#again.ready) return false;
    this.#deck.release();
    this.#deck = this.#again;
    this.#again = undefined;
    if (this.loop !== 'endless') this.loop -= 1;
    return true;
  }

  /** Switches to the target of the seek. */
  land(): void {
    this.#deck.release();
    this.#again?.release();
    this.#again = undefined;
    this.#deck = this.#sought!;
    this.#sought = undefined;
  }

  /** The same with a frame in which both are heard. Returns how many samples of the new one there were. */
  cross(out: Float32Array): number {
    leaving.fill(0);
    this.#deck.take(leaving, 0, SAMPLES_PER_FRAME);
    this.land();
    const taken = this.#deck.take(out, 0, SAMPLES_PER_FRAME);
    for (let i = 0; i < out.length; i += CHANNELS) {
      const gain = 0.5 - 0.5 * Math.cos((Math.PI * i) / out.length);
      out[i] = out[i]! * gain + leaving[i]! * (1 - gain);
      out[i + 1] = out[i + 1]! * gain + leaving[i + 1]! * (1 - gain);
    }
    return taken;
  }

  release(): void {
    for (const deck of [this.#deck, this.#again, this.#sought]) deck?.release();
  }

  get #goesOn(): boolean {
    return this.loop !== 0 && this.#media.repeatable && this.#deck.failure === undefined;
  }

  #open(from: number): Deck {
    return new Deck(this.#media, { ...this.#settings, from, end: from < this.#range.end ? this.#range.end : Infinity, filters: this.#filters });
  }
}
