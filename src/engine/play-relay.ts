/** One play, on the home side: it runs on one far side, and on the next one if that is lost. */
import { FRAME_MS, SAMPLES_PER_MS } from '../protocol/silence.js';
import { NEVER, type Subscriber } from 'rxjs';
import { EngineLostError } from '../errors.js';
import { descriptionOf, type FrameDescription } from '../frames/description.js';
import { openQueue } from '../frames/open-queue.js';
import { Heard } from '../media/send/play-end.js';
import { resolvePlayOptions, type FrameInput, type PlayOptions } from '../media/send/play-options.js';
import type { PlayEnd, PlayEvent } from '../types.js';
import type { Carriage, PlaysAtHome } from './carriage.js';
import { FrameOutlet } from './frame-outlet.js';
import { frameSamples } from './frame-samples.js';
import { Held, type Stock } from './held.js';
import type { Link } from './link.js';
import type { Subscribed } from './peer.js';
import type { FarSink, Production, Sink } from './sink.js';

/** The longest Opus packet, in ms. */
const MAX_FRAME_MS = 120;
const NOTHING: Stock = { frames: 0, ms: 0 };

/** The sink of the messages of its far side. */
export class PlayRelay implements Sink {
  readonly #input: FrameInput;
  readonly #options: PlayOptions;
  readonly #ahead: number;
  /** The source that the far side opens itself. */
  readonly #source: FrameDescription | undefined;
  readonly #subscriber: Subscriber<PlayEvent>;
  #outlet: FrameOutlet | undefined;
  #link: Link | undefined;
  #subscribed: Subscribed | undefined;
  #started = false;
  #suspended = false;
  readonly #held: Held;
  readonly #heard: Heard;
  /** How much the earlier far sides have played: ms of audio, and frames. */
  #before = { ms: 0, frames: 0 };
  #position = 0;
  /** The position at which the latest frame began, in ms. */
  #frameAt = 0;
  #frames = 0;

  constructor(input: FrameInput, options: PlayOptions, { ahead, opens }: Carriage, home: PlaysAtHome, subscriber: Subscriber<PlayEvent>) {
    this.#input = input;
    this.#options = options;
    this.#ahead = ahead;
    this.#subscriber = subscriber;
    this.#heard = new Heard(options.onEnd);
    this.#held = new Held(home.scheduler, () => this.#stock, (held) => {
      home.held(held);
      if (held) this.#tell({ type: 'suspended' });
    });
    const source = descriptionOf(input);
    // If a source is skipped while nothing plays, its position is not known here.
    if (source !== undefined && options.whenSuspended !== 'skip') this.#source = opens?.(source);
  }

  /** The source that the far side opens, from the last known position; undefined if the home side supplies the frames. */
  get source(): FrameDescription | undefined {
    return this.#source && { ...this.#source, start: this.#source.start + this.#position, ...(this.#frames > 0 ? { goesOn: true } : {}) };
  }

  /** Plays on this far side from now on; undefined: on none for now. */
  use(link: Link | undefined): void {
    this.#leave();
    this.#link = link;
    this.#held.watch(link?.up$ ?? NEVER);
    if (link === undefined) return this.#tell({ type: 'suspended' });
    this.#before = { ms: this.#position, frames: this.#frames };
    const { speaking, whenSuspended, prefetch } = resolvePlayOptions(this.#options);
    const { source } = this;
    const topic = { what: 'play', session: link.session, options: { speaking, whenSuspended, prefetch }, ahead: this.#ahead, ...(source === undefined ? {} : { source }) } as const;
    link.peer.subscribe(topic, this, (subscribed) => {
      this.#subscribed = subscribed;
      link.sources.set(subscribed.id, (frames) => this.#open(frames));
    });
  }

  error(error: unknown): void {
    // An EngineLostError is ignored: the session decides where it goes on, or that it does not.
    if (!(error instanceof EngineLostError)) this.#subscriber.error(error);
  }

  complete(): void {
    this.#subscriber.complete();
  }

  /** The session ended before a far side could report it. */
  fail(error: unknown): void {
    this.#heard.end('session-ended');
    this.#subscriber.error(error);
  }

  /** Releases the source at once, before the far side knows. */
  close(): void {
    this.#heard.end('stopped');
    this.#held.close();
    this.#outlet?.close();
    this.#leave();
  }

  /** The source is opened only when a far side, which knows whether something plays, requests the frames. */
  #open(sink: FarSink): Production {
    this.#outlet ??= new FrameOutlet(this.#ahead, (onReadable) => openQueue(this.#input, { ...resolvePlayOptions(this.#options), onReadable }));
    return this.#outlet.attach(sink);
  }

  /** The frames from here that the far side holds; none if it has not requested any. Undefined: it needs none. */
  get #stock(): Stock | undefined {
    return this.#source !== undefined ? undefined : this.#outlet === undefined ? NOTHING : this.#outlet.stock;
  }

  #leave(): void {
    if (this.#subscribed !== undefined) this.#link?.sources.delete(this.#subscribed.id);
    this.#subscribed?.unsubscribe();
    this.#subscribed = undefined;
  }

  next(news: unknown): void {
    const event = news as PlayEvent | { readonly end: PlayEnd };
    if ('type' in event && event.type === 'sent') return this.#sent(event);
    if ('end' in event) this.#heard.end(event.end.reason);
    else if (event.type === 'finished') this.#tell({ ...event, frames: this.#before.frames + event.frames, heard: this.#heard.ms });
    else if (event.type !== 'started' || !this.#started) this.#tell(event);
    if ('type' in event && event.type === 'started') this.#started = true;
  }

  #sent(event: Extract<PlayEvent, { readonly type: 'sent' }>): void {
    const before = this.#held.sent();
    if (this.#suspended && !before) this.#tell({ type: 'resumed' });
    const position = this.#before.ms + event.position;
    const samples = this.#source === undefined ? this.#samples() : this.#samplesSince(position);
    this.#heard.sent(samples);
    this.#position = position + samples / SAMPLES_PER_MS;
    this.#frames += 1;
    this.#tell(this.#before.ms === 0 ? event : { ...event, position });
  }

  /** The length of the frame that is now known to be sent, in samples. */
  #samples(): number {
    const frame = this.#outlet?.sent();
    return frame === undefined ? 0 : frameSamples(frame);
  }

  /** The length of a frame that was never here: that of the previous frame, computed from the two positions. */
  #samplesSince(position: number): number {
    const before = position - this.#frameAt;
    this.#frameAt = position;
    return (before > 0 && before <= MAX_FRAME_MS ? before : FRAME_MS) * SAMPLES_PER_MS;
  }

  /** Keeps `suspended` and `resumed` in alternation, whoever reports them. */
  #tell(event: PlayEvent): void {
    if (event.type === 'suspended' || event.type === 'resumed') {
      const suspended = event.type === 'suspended';
      if (suspended === this.#suspended) return;
      this.#suspended = suspended;
    }
    this.#subscriber.next(event);
  }
}
