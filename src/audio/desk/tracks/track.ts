/** One track of a desk: what it plays, how loud, and what became of it. */
import { SAMPLES_PER_FRAME, SAMPLES_PER_MS } from '../../../protocol/silence.js';
import type { OpusFrame } from '../../../types.js';
import type { PcmFilter } from '../../steps/step.js';
import type { TrackEnd, TrackPlace, TrackState } from '../facts.js';
import type { Media } from '../media/media.js';
import type { LoopCount, TrackOptions } from '../options.js';
import type { Deck } from './deck.js';
import { Ducker } from './ducker.js';
import { Gate } from './gate.js';
import type { TrackHost } from './host.js';
import { Levels } from './levels.js';
import { Meter, samplesOf } from './meter.js';
import { Playhead } from './playhead.js';
import { TrackSound, type Given } from './track-sound.js';

/** So long a change takes that is to be at once, and yet not to click: a frame. */
const SOON = SAMPLES_PER_FRAME;
/** A track that others wait for is read so far ahead that they can be opened in time: 2 s. */
const NOTICE = 2_000 * SAMPLES_PER_MS;

export class Track {
  readonly id: string;
  /** Whose end it waits for. */
  after: string | undefined;
  /** Samples in which it and the one before it are both heard. */
  readonly crossfade: number;
  priority: number;
  /** The longest crossfade of those who come after it; undefined: nobody does. */
  followed: number | undefined;
  /** What it plays. */
  readonly media: Media;
  readonly #host: TrackHost;
  readonly #options: TrackOptions;
  readonly #levels: Levels;
  readonly #gate: Gate;
  readonly #ducker: Ducker;
  readonly #meter: Meter;
  #sound: TrackSound | undefined;
  #loop: LoopCount;
  #filters: readonly PcmFilter[];
  #start: number;
  #waiting: boolean;
  #leaving = false;
  #ended = false;

  constructor(id: string, media: Media, options: TrackOptions, host: TrackHost) {
    const { after, crossfade = 0, priority = 0, loop = 0, filters = [], start, paused = false, volume = 1, muted, duck = host.duck } = options;
    this.id = id;
    this.after = after;
    this.crossfade = samplesOf(crossfade);
    this.priority = priority;
    this.media = media;
    this.#host = host;
    this.#options = options;
    this.#loop = loop;
    this.#filters = filters;
    this.#start = start === undefined ? media.start : samplesOf(start);
    this.#waiting = after !== undefined;
    this.#levels = new Levels(volume);
    if (muted === true) this.#levels.mute.to(0, 0);
    this.#gate = new Gate(this.#levels.gate, paused);
    this.#ducker = new Ducker(this.#levels.duck, duck === false ? { depth: 0 } : duck, (error) =>
      host.tell({ type: 'ignored', command: { type: 'duck', id, ducked: false }, error }),
    );
    this.#meter = new Meter(id, () => this.#sound?.head.deck.position ?? this.#start, host.positionEvery);
  }

  get ended(): boolean {
    return this.#ended;
  }

  /** Its turn has not come. */
  get waiting(): boolean {
    return this.#waiting;
  }

  /** Nothing more comes of it, though it is here. */
  get over(): boolean {
    return this.#sound?.head.over ?? false;
  }

  /** Samples up to its end; undefined while that is not in sight. */
  get remaining(): number | undefined {
    return this.#sound?.head.remaining;
  }

  get deck(): Deck | undefined {
    return this.#sound?.head.deck;
  }

  /** What is next can be heard without waiting. */
  get ready(): boolean {
    return this.#sound?.ready ?? false;
  }

  /** Something of it is in the next frame, if only the way out of what there was before a stall. */
  get active(): boolean {
    if (this.#ended || this.#waiting || this.#gate.held || this.#sound === undefined) return false;
    return this.#sound.ready || this.#sound.head.crossing || this.#sound.flowing;
  }

  /** It can be heard, and so others make room for it. */
  get audible(): boolean {
    return this.active && this.ready && this.#levels.mute.target > 0 && this.#levels.volume.target > 0;
  }

  /** Nothing is done to it, and nothing is about to be. */
  get untouched(): boolean {
    return this.#sound?.untouched ?? false;
  }

  get state(): TrackState {
    const { volume, mute } = this.#levels;
    return {
      ...this.#meter.given,
      status: this.#status,
      volume: volume.target,
      muted: mute.target === 0,
      priority: this.priority,
    };
  }

  get #status(): TrackState['status'] {
    if (this.#waiting) return 'waiting';
    if (this.#gate.paused) return 'paused';
    if (this.#sound?.stalled === true) return 'stalled';
    return this.#sound?.started === true ? 'playing' : 'opening';
  }

  /** What is made ready from now on is not given yet. */
  mark(): void {
    this.#meter.mark();
  }

  /** Opens its source, ahead of its turn perhaps. */
  open(): void {
    if (this.#sound !== undefined || this.#ended) return;
    const { end, fadeOut = 0 } = this.#options;
    const range = { start: this.#start, end: end === undefined ? Infinity : samplesOf(end) };
    const head = new Playhead(this.media, range, {
      loop: this.#loop,
      filters: this.#filters,
      codec: this.#host.codec,
      readAhead: () => this.#host.readAhead + samplesOf(fadeOut) + (this.followed === undefined ? 0 : this.followed + NOTICE),
      onChange: this.#host.wake,
      onDamage: (error) => this.#host.tell({ type: 'damaged', error, ...this.#meter.place }),
    });
    this.#sound = new TrackSound(head, this.#levels, this.#gate, this.#meter, (type, place) => {
      if (type !== 'looped') this.#host.tell({ type, ...place });
      else this.#host.tell({ type, left: head.loop === 'endless' ? Infinity : head.loop, ...place });
    });
  }

  /** Its turn has come. @param fade samples over which it comes in; default its own */
  begin(fade = samplesOf(this.#options.fadeIn ?? 0)): void {
    this.#waiting = false;
    this.open();
    if (fade === 0) return;
    this.#levels.fade.to(0, 0);
    this.#levels.fade.to(1, fade, 'power');
  }

  /** Goes out over so many samples, and is over then. */
  leave(fade = samplesOf(this.#options.fadeOut ?? 0)): void {
    this.#leaving = true;
    if (this.active) this.fadeOut(Math.max(SOON, fade));
    else this.end('removed');
  }

  /** Goes out: with its end, where that is so far away. */
  fadeOut(samples: number): void {
    this.#levels.fade.to(0, samples, samples > SOON ? 'power' : 'smooth');
  }

  pause(): void {
    if (this.#gate.paused) return;
    this.#gate.pause(this.#sounds);
    if (this.#gate.held) this.#tell('paused');
  }

  resume(): void {
    if (!this.#gate.paused) return;
    this.#gate.resume(this.#sound?.started ?? false);
    this.#tell('resumed');
  }

  volume(volume: number, ramp?: number): void {
    this.#levels.volume.to(volume, this.#sounds ? (ramp === undefined ? SOON : samplesOf(ramp)) : 0);
  }

  mute(muted: boolean): void {
    this.#levels.mute.to(muted ? 0 : 1, this.#sounds ? SOON : 0);
  }

  duck(ducked: boolean): void {
    this.#ducker.byHand = ducked;
  }

  loop(count: LoopCount): void {
    this.#loop = count;
    if (this.#sound !== undefined) this.#sound.head.loop = count;
  }

  filter(filters: readonly PcmFilter[]): void {
    this.#filters = filters;
    this.#sound?.head.filter(filters);
  }

  seek(ms: number): void {
    if (this.#sound === undefined) this.#start = samplesOf(ms);
    else this.#sound.head.seek(samplesOf(ms));
    // It may be on its way out where it is.
    if (!this.#leaving && this.#levels.fade.target === 0) this.#levels.fade.to(1, SOON);
  }

  /** Once before each frame. @param outranked whether a track of higher priority is heard */
  prepare(outranked: boolean): void {
    this.#ducker.update(outranked);
    const sound = this.#sound;
    // What was opened ahead of its turn, and has failed, fails when it is its turn.
    if (sound === undefined || this.#ended || this.#waiting) return;
    this.#followSeek(sound);
    if (this.#gate.step()) this.#tell('paused');
    if (this.#leaving && (this.#levels.fade.settled || !this.active)) this.end('removed');
    else if (!sound.turn()) {
      if (sound.head.over) this.end();
      else this.#fadeBeforeEnd(sound.head.remaining);
    }
    if (!this.#ended && this.#meter.isNews) this.#tell('position');
  }

  /** Adds its next frame to a mixture, from the sample `offset` on. */
  play(mixture: Float32Array, offset: number): Given {
    return this.#sound!.play(mixture, offset);
  }

  /** Its next packet, as it is. */
  pass(): OpusFrame {
    return this.#sound!.pass();
  }

  /** What was passed last of it, for an encoder to begin with. */
  preRoll(deck: Deck): Float32Array {
    return this.#sound!.preRoll(deck);
  }

  /** It is over. By itself: as its source was. */
  end(reason: TrackEnd = 'end'): void {
    const failure = this.#sound?.head.deck.failure;
    if (reason === 'end' && failure !== undefined) this.fail(failure.error);
    else this.#end(reason, this.#meter.place);
  }

  /** Its source failed, or what is done to it. */
  fail(error: unknown): void {
    this.#end('failed', this.#meter.place, error);
  }

  /** The play is over: what was made ready and not given was not heard. */
  stop(): void {
    this.#end('stopped', this.#meter.given);
  }

  #end(reason: TrackEnd, place: TrackPlace, error?: unknown): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#sound?.head.release();
    this.#ducker.free();
    this.#host.tell({ type: 'ended', reason, ...place, ...(reason === 'failed' && { error }) });
  }

  /** Its sound goes on from frame to frame: what is changed is not to click. */
  get #sounds(): boolean {
    return this.active && this.#sound!.flowing;
  }

  #followSeek(sound: TrackSound): void {
    const failed = sound.head.giveUpSeeking();
    if (failed !== undefined) {
      const command = { type: 'seek', id: this.id, position: failed.place / SAMPLES_PER_MS } as const;
      this.#host.tell({ type: 'ignored', command, error: failed.error });
    }
    // Where nothing is heard of it, there is nothing to cross with.
    if (sound.head.crossing && !this.#sounds) sound.land();
  }

  #fadeBeforeEnd(remaining: number | undefined): void {
    if (remaining === undefined || this.#leaving || this.#levels.fade.target === 0) return;
    const { fadeOut = 0, end } = this.#options;
    // What is cut off would click.
    if (remaining <= Math.max(samplesOf(fadeOut), end === undefined ? 0 : SOON)) this.fadeOut(remaining);
  }

  #tell(type: 'position' | 'paused' | 'resumed'): void {
    this.#host.tell({ type, ...this.#meter.place });
  }
}
