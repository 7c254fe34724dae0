/** One track of a desk: what it plays, how loud, and its state. */
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

/** Length of a change that takes effect at once, but must not click: one frame. */
const SOON = SAMPLES_PER_FRAME;
/** Extra read-ahead of a track that others wait for, so that they can be opened in time: 2 s. */
const NOTICE = 2_000 * SAMPLES_PER_MS;

export class Track {
  readonly id: string;
  /** The track whose end it waits for. */
  after: string | undefined;
  /** Samples during which it and the track before it are both heard. */
  readonly crossfade: number;
  priority: number;
  /** The longest crossfade of the tracks that follow it; undefined if there are none. */
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

  /** Whether it still waits for its turn. */
  get waiting(): boolean {
    return this.#waiting;
  }

  /** Whether nothing more comes of it, although it is still on the desk. */
  get over(): boolean {
    return this.#sound?.head.over ?? false;
  }

  /** Samples up to its end; undefined while the end is not known. */
  get remaining(): number | undefined {
    return this.#sound?.head.remaining;
  }

  get deck(): Deck | undefined {
    return this.#sound?.head.deck;
  }

  /** Whether its next sound is available without waiting. */
  get ready(): boolean {
    return this.#sound?.ready ?? false;
  }

  /** Whether the next frame contains something of it, even if only the fade-out of a stall. */
  get active(): boolean {
    if (this.#ended || this.#waiting || this.#gate.held || this.#sound === undefined) return false;
    return this.#sound.ready || this.#sound.head.crossing || this.#sound.flowing;
  }

  /** Whether it can be heard, so that others are ducked for it. */
  get audible(): boolean {
    return this.active && this.ready && this.#levels.mute.target > 0 && this.#levels.volume.target > 0;
  }

  /** Whether nothing changes it, and no change is pending. */
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

  /** What is prepared from now on is not given yet. */
  mark(): void {
    this.#meter.mark();
  }

  /** Opens its source, possibly ahead of its turn. */
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

  /** Begins its turn. @param fade length of the fade-in in samples; default its `fadeIn` */
  begin(fade = samplesOf(this.#options.fadeIn ?? 0)): void {
    this.#waiting = false;
    this.open();
    if (fade === 0) return;
    this.#levels.fade.to(0, 0);
    this.#levels.fade.to(1, fade, 'power');
  }

  /** Fades out over so many samples, and is over then. */
  leave(fade = samplesOf(this.#options.fadeOut ?? 0)): void {
    this.#leaving = true;
    if (this.active) this.fadeOut(Math.max(SOON, fade));
    else this.end('removed');
  }

  /** Fades out over this many samples, which may be all that remain before its end. */
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
    // It may be fading out at its old position.
    if (!this.#leaving && this.#levels.fade.target === 0) this.#levels.fade.to(1, SOON);
  }

  /** Called once before each frame. @param outranked whether a track of higher priority is heard */
  prepare(outranked: boolean): void {
    this.#ducker.update(outranked);
    const sound = this.#sound;
    // A track that was opened ahead of its turn, and has failed, fails when its turn comes.
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

  /** Its next packet, unchanged. */
  pass(): OpusFrame {
    return this.#sound!.pass();
  }

  /** The last sound that was passed, with which an encoder begins. */
  preRoll(deck: Deck): Float32Array {
    return this.#sound!.preRoll(deck);
  }

  /** Ends it. With the reason `end`, it fails if its source did. */
  end(reason: TrackEnd = 'end'): void {
    const failure = this.#sound?.head.deck.failure;
    if (reason === 'end' && failure !== undefined) this.fail(failure.error);
    else this.#end(reason, this.#meter.place);
  }

  /** Ends it with an error of its source or of a filter. */
  fail(error: unknown): void {
    this.#end('failed', this.#meter.place, error);
  }

  /** The play is over: frames that were prepared and not given were not heard. */
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

  /** Whether its sound continues from frame to frame, so that changes must not click. */
  get #sounds(): boolean {
    return this.active && this.#sound!.flowing;
  }

  #followSeek(sound: TrackSound): void {
    const failed = sound.head.giveUpSeeking();
    if (failed !== undefined) {
      const command = { type: 'seek', id: this.id, position: failed.place / SAMPLES_PER_MS } as const;
      this.#host.tell({ type: 'ignored', command, error: failed.error });
    }
    // If nothing is heard of it, there is nothing to crossfade with.
    if (sound.head.crossing && !this.#sounds) sound.land();
  }

  #fadeBeforeEnd(remaining: number | undefined): void {
    if (remaining === undefined || this.#leaving || this.#levels.fade.target === 0) return;
    const { fadeOut = 0, end } = this.#options;
    // A sudden end would click.
    if (remaining <= Math.max(samplesOf(fadeOut), end === undefined ? 0 : SOON)) this.fadeOut(remaining);
  }

  #tell(type: 'position' | 'paused' | 'resumed'): void {
    this.#host.tell({ type, ...this.#meter.place });
  }
}
