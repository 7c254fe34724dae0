/** The sound of a track, once its source is open: frames for a mixture, or packets unchanged. */
import { SAMPLES_PER_FRAME, SAMPLES_PER_MS } from '../../../protocol/silence.js';
import type { OpusFrame } from '../../../types.js';
import { CHANNELS } from '../../pcm/pcm.js';
import type { TrackPlace } from '../facts.js';
import type { Deck } from './deck.js';
import type { Gate } from './gate.js';
import type { Levels } from './levels.js';
import type { Meter } from './meter.js';
import type { Playhead } from './playhead.js';
import { StallCover } from './stall-cover.js';

const FRAME_LENGTH = SAMPLES_PER_FRAME * CHANNELS;
/** Samples that must be available after a stall, so that the track does not stall at every frame. */
const CUSHION = 3 * SAMPLES_PER_FRAME;

/** What a track contributed to a frame. */
export interface Given {
  /** Where its sound ends in the frame. */
  readonly until: number;
  /** The packet that the frame consists of, unchanged. */
  readonly packet?: OpusFrame;
}

/** Tells what happened, and the position at that time. */
export type TellSound = (type: 'started' | 'recovered' | 'stalled' | 'seeked' | 'looped', place: TrackPlace) => void;

export class TrackSound {
  readonly head: Playhead;
  readonly #levels: Levels;
  readonly #gate: Gate;
  readonly #meter: Meter;
  readonly #tell: TellSound;
  readonly #cover = new StallCover();
  #started = false;
  #stalled = false;

  constructor(head: Playhead, levels: Levels, gate: Gate, meter: Meter, tell: TellSound) {
    this.head = head;
    this.#levels = levels;
    this.#gate = gate;
    this.#meter = meter;
    this.#tell = tell;
  }

  get started(): boolean {
    return this.#started;
  }

  get stalled(): boolean {
    return this.#stalled;
  }

  /** Whether it was heard in the frame before. */
  get flowing(): boolean {
    return this.#started && !this.#stalled;
  }

  /** Whether its next sound is available without waiting. */
  get ready(): boolean {
    const { head } = this;
    return head.ready && (!this.#stalled || head.deck.available >= CUSHION || head.deck.ending);
  }

  /** Whether nothing changes it, and no change is pending. */
  get untouched(): boolean {
    const { settled, value } = this.#levels;
    return settled && value === 1 && !this.head.crossing && !this.head.deck.filtered;
  }

  /** Begins the next repetition, when it is due. */
  turn(): boolean {
    const turned = this.head.turn();
    if (turned) this.#tell('looped', this.#meter.place);
    return turned;
  }

  /** Switches to the target of a seek, when nothing is heard now. */
  land(): void {
    this.head.land();
    if (this.#started) this.#gate.comeIn();
    this.#tell('seeked', this.#meter.place);
  }

  /** Adds its next frame to a mixture, from the sample `offset` on. */
  play(mixture: Float32Array, offset: number): Given {
    const { head } = this;
    const { place } = this.#meter;
    const frame = this.#cover.frame();
    const crossing = offset === 0 && head.crossing;
    const untouched = offset === 0 && this.untouched;
    const until = crossing ? this.#cross(frame, place) : this.#fill(frame, offset);
    if (until > offset) this.#flow(place);
    const stalling = until === offset && !head.over && this.flowing;
    if (stalling) this.#cover.cover(frame);
    else if (until === SAMPLES_PER_FRAME) this.#cover.remember(frame);
    const packet = untouched && this.untouched ? head.deck.whole : undefined;
    this.#levels.add(frame, mixture);
    if (stalling) this.#stall();
    return { until, ...(packet !== undefined && { packet }) };
  }

  /** Its next packet, unchanged. */
  pass(): OpusFrame {
    this.#flow(this.#meter.place);
    this.#meter.count(SAMPLES_PER_FRAME);
    return this.head.deck.pass();
  }

  /** The last passed sound, with which an encoder begins. Empty if no decoder can be made: then the track fails by itself. */
  preRoll(deck: Deck): Float32Array {
    try {
      const sound = deck.preRoll();
      this.#cover.remember(sound.subarray(-FRAME_LENGTH));
      return sound;
    } catch {
      return new Float32Array(0);
    }
  }

  #fill(frame: Float32Array, offset: number): number {
    let at = offset;
    while (at < SAMPLES_PER_FRAME) {
      const taken = this.head.deck.take(frame, at, SAMPLES_PER_FRAME - at);
      this.#meter.count(taken);
      at += taken;
      // Samples continue within a frame; packets begin with one.
      if (at === SAMPLES_PER_FRAME || !this.turn() || this.head.deck.packets) break;
    }
    return at;
  }

  /** Crossfades to the target of a seek, within a frame. */
  #cross(frame: Float32Array, { id, heard }: TrackPlace): number {
    const until = this.head.cross(frame);
    this.#meter.count(until);
    this.#tell('seeked', { id, heard, position: this.#meter.place.position - until / SAMPLES_PER_MS });
    return until;
  }

  /** Called when it contributes sound. It fades in if it begins in the middle, which would click. */
  #flow(place: TrackPlace): void {
    if (this.flowing) return;
    if (this.#stalled || place.position > 0) this.#gate.comeIn();
    this.#tell(this.#stalled ? 'recovered' : 'started', place);
    this.#started = true;
    this.#stalled = false;
  }

  #stall(): void {
    this.#stalled = true;
    this.#gate.fallShut();
    this.#tell('stalled', this.#meter.place);
  }
}
