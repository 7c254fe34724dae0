/**
 * The play of a desk, one frame at a time. It is in one of three modes:
 *
 * - silent: nothing can be heard
 * - passing: one track is heard, and its packets are passed unchanged
 * - mixing: everything is decoded, mixed and encoded. The mixture is one frame ahead of the output, because the limiter and the encoder
 *   look ahead
 *
 * ```
 *            a song begins               everything was quiet for a frame
 *   silent ----------------> passing          mixing --------------------> silent
 *            ...anything else            four frames of nothing but one untouched track
 *   silent ----------------> mixing           mixing --------------------> passing
 *            it is touched, is joined, stalls, or is left in its middle
 *   passing ----------------------------------------> mixing
 * ```
 */
import { SAMPLES_PER_FRAME, FRAME_MS } from '../../protocol/silence.js';
import type { OpusFrame } from '../../types.js';
import type { OpusPacketEncoder } from '../opus/codec.js';
import { CHANNELS } from '../pcm/pcm.js';
import type { DeskFact, DeskNews } from './facts.js';
import { MixedOutput } from './mixture/mixed-output.js';
import type { Deck } from './tracks/deck.js';
import type { Composed, Roster } from './tracks/roster.js';
import type { Track } from './tracks/track.js';

const FRAME_LENGTH = SAMPLES_PER_FRAME * CHANNELS;

/** There is no frame to give for now. */
export const REST = Symbol('rest');

/** Frames of a single untouched track after which the listeners' decoder is in the state that the track's own packets would have left. */
const CONVERGED = 4;
/** TOC configurations from here on are CELT only; those below contain SILK. RFC 6716 table 2. */
const FIRST_CELT = 16;

export class DeskPlay {
  readonly #roster: Roster;
  readonly #encoder: () => OpusPacketEncoder;
  /** Facts, each with the number of the frame that it describes. */
  #news: { readonly frame: number; readonly fact: DeskFact }[] = [];
  /** The frame that is given next. */
  #frame = 0;
  /** The frame that is prepared next. */
  #making = 0;
  /** Set while mixing. */
  #output: MixedOutput | undefined;
  /** Set while passing: the track and deck whose packets are passed. */
  #passed: { readonly track: Track; readonly deck: Deck } | undefined;
  /** The content of the frame that is given next, while mixing. */
  #ahead: Composed = { sounding: 0 };
  /** Consecutive frames, up to that one, that contain a single untouched track and nothing else. */
  #clean = 0;

  /** @param encoder makes the encoder of the mixture */
  constructor(roster: Roster, encoder: () => OpusPacketEncoder) {
    this.#roster = roster;
    this.#encoder = encoder;
  }

  /** Records a fact about the frame that is being prepared. */
  tell(news: DeskNews): void {
    this.#news.push({ frame: this.#making, fact: { at: this.#making * FRAME_MS, ...news } });
  }

  /** The facts of the frames that were given, in order of time. @param all also those of frames that are prepared and will never be given */
  takeNews(all: boolean): DeskFact[] {
    const due = this.#news.filter(({ frame }) => all || frame < this.#frame);
    this.#news = all ? [] : this.#news.filter(({ frame }) => frame >= this.#frame);
    return due.map(({ fact }) => fact);
  }

  /** Facts told from now on describe the frame that is prepared next. */
  turn(): void {
    this.#making = this.#output === undefined ? this.#frame : this.#frame + 1;
  }

  /** The next frame, or {@link REST} if there is none for now. Throws when no encoder can be made. */
  next(): OpusFrame | typeof REST {
    this.turn();
    this.#roster.prepare();
    return this.#output === undefined ? this.#unmixed() : this.#mixed(this.#output);
  }

  /** Advances the time by a frame of silence, for a reader that must get a frame. */
  skip(): void {
    this.#frame += 1;
  }

  release(): void {
    this.#output?.free();
    this.#output = undefined;
  }

  #unmixed(): OpusFrame | typeof REST {
    const active = this.#roster.active;
    const [track] = active;
    if (track === undefined && this.#cutNothing) return this.#rest();
    if (track !== undefined && active.length === 1 && this.#canPass(track)) return this.#pass(track);
    return this.#startMixing();
  }

  /** Whether its next packet may follow the output: it continues the run, or is the first of a song after silence or after another song's last. */
  #canPass(track: Track): boolean {
    const deck = track.deck!;
    if (!track.untouched || deck.passable === undefined) return false;
    return deck === this.#passed?.deck || (deck.passable.at === 0 && this.#cutNothing);
  }

  /** Whether nothing is cut off: any passed track has reached its own end. */
  get #cutNothing(): boolean {
    return this.#passed === undefined || this.#passed.deck.exhausted;
  }

  #pass(track: Track): OpusFrame {
    if (this.#passed?.track !== track) this.tell({ type: 'passthrough', id: track.id });
    this.#passed = { track, deck: track.deck! };
    const packet = track.pass();
    track.mark();
    this.#frame += 1;
    return packet;
  }

  #rest(): typeof REST {
    if (this.#passed !== undefined) this.tell({ type: 'passthrough', id: null });
    this.#passed = undefined;
    return REST;
  }

  /**
   * The encoder must be in the same state as the listeners' decoder, so it first encodes what was heard last. After passed packets it encodes
   * enough frames within this call to be a frame ahead. After silence it is a frame ahead once it has given a frame of silence: that packet
   * already holds the beginning of the first sound, and without it the sound would begin too faint.
   */
  #startMixing(): OpusFrame {
    const output = new MixedOutput(this.#encoder());
    this.#output = output;
    this.#ahead = { sounding: 0 };
    this.#clean = 0;
    if (this.#passed === undefined) {
      output.push(new Float32Array(FRAME_LENGTH));
    } else {
      this.tell({ type: 'passthrough', id: null });
      const { track, deck } = this.#passed;
      this.#passed = undefined;
      for (const frame of framesOf(track.preRoll(deck))) output.push(frame);
      output.push(this.#compose());
    }
    this.turn();
    this.#roster.prepare();
    return this.#give(output);
  }

  #mixed(output: MixedOutput): OpusFrame | typeof REST {
    const active = this.#roster.active;
    const { only, sounding } = this.#ahead;
    const [track] = active;
    if (sounding === 0 && (track === undefined || (active.length === 1 && this.#canPass(track)))) {
      this.#stopMixing();
      return track === undefined ? REST : this.#pass(track);
    }
    if (track === undefined || active.length > 1 || track !== only?.track || !this.#converged(track, only.packet)) return this.#give(output);
    this.#stopMixing();
    this.#passed = { track, deck: track.deck! };
    this.tell({ type: 'passthrough', id: track.id });
    track.mark();
    this.#frame += 1;
    return only.packet;
  }

  #converged(track: Track, packet: OpusFrame): boolean {
    return this.#clean >= CONVERGED && packet[0]! >> 3 >= FIRST_CELT && track.untouched && track.deck!.passable !== undefined;
  }

  /** Drops the frame that is ahead: it is not given in its mixed form. */
  #stopMixing(): void {
    this.release();
    this.turn();
  }

  /** Gives the packet of the frame that is ahead, and prepares the next one. */
  #give(output: MixedOutput): OpusFrame {
    for (const track of this.#roster.all) track.mark();
    const packet = output.push(this.#compose());
    if (!output.untouched) this.#clean = 0;
    this.#frame += 1;
    return packet;
  }

  #compose(): Float32Array {
    const mixture = new Float32Array(FRAME_LENGTH);
    const before = this.#ahead.only?.track.deck;
    this.#ahead = this.#roster.compose(mixture);
    const { only } = this.#ahead;
    this.#clean = only === undefined ? 0 : only.track.deck === before ? this.#clean + 1 : 1;
    return mixture;
  }
}

/** Splits samples into whole frames, aligned at the end. */
function framesOf(samples: Float32Array): Float32Array[] {
  const count = Math.floor(samples.length / FRAME_LENGTH);
  return Array.from({ length: count }, (_, i) => samples.slice(i * FRAME_LENGTH, (i + 1) * FRAME_LENGTH));
}
