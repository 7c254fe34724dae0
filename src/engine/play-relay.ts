/** One play, from the home side: over one far side, and over the next where that is lost. */
import { opusPacketSamples } from '../protocol/opus-packet.js';
import { SAMPLES_PER_MS } from '../protocol/silence.js';
import type { Subscriber } from 'rxjs';
import { EngineLostError } from '../errors.js';
import { openQueue } from '../media/send/open-queue.js';
import { DEFAULT_PLAY_OPTIONS, type FrameInput, type PlayOptions } from '../media/send/play-options.js';
import type { PlayEvent } from '../types.js';
import { FrameOutlet } from './frame-outlet.js';
import type { Link } from './link.js';
import type { Production, Sink, Subscribed } from './peer.js';

export class PlayRelay {
  readonly #input: FrameInput;
  readonly #options: PlayOptions;
  readonly #ahead: number;
  readonly #subscriber: Subscriber<PlayEvent>;
  #outlet: FrameOutlet | undefined;
  #link: Link | undefined;
  #subscribed: Subscribed | undefined;
  #started = false;
  #suspended = false;
  /** ms of audio, and frames, that far sides before this one have sent. */
  #before = { ms: 0, frames: 0 };
  #sentMs = 0;
  #sentFrames = 0;

  constructor(input: FrameInput, options: PlayOptions, ahead: number, subscriber: Subscriber<PlayEvent>) {
    this.#input = input;
    this.#options = options;
    this.#ahead = ahead;
    this.#subscriber = subscriber;
  }

  /** Plays over there from now on; undefined: nowhere for the moment. */
  use(link: Link | undefined): void {
    this.#leave();
    this.#link = link;
    if (link === undefined) return this.#tell({ type: 'suspended' });
    const { prefetch: _, buffer: __, ...rest } = this.#options;
    this.#before = { ms: this.#sentMs, frames: this.#sentFrames };
    const sink: Sink = {
      next: (event) => this.#hear(event as PlayEvent),
      error: (error) => {
        // The session will say where it goes on, or that it does not.
        if (!(error instanceof EngineLostError)) this.#subscriber.error(error);
      },
      complete: () => this.#subscriber.complete(),
    };
    link.peer.subscribe({ what: 'play', session: link.session, options: rest, ahead: this.#ahead }, sink, (subscribed) => {
      this.#subscribed = subscribed;
      link.sources.set(subscribed.id, (frames) => this.#open(frames));
    });
  }

  /** Lets go of the source here and now, before the far side hears of it. */
  close(): void {
    this.#outlet?.close();
    this.#leave();
  }

  /** Nothing is opened before a far side, which knows whether something plays, asks for the frames. */
  #open(sink: Sink): Production {
    const { prefetch = DEFAULT_PLAY_OPTIONS.prefetch, buffer } = this.#options;
    this.#outlet ??= new FrameOutlet(this.#ahead, (onReadable) =>
      openQueue(this.#input, { prefetch, buffer: { ...DEFAULT_PLAY_OPTIONS.buffer, ...buffer }, onReadable }),
    );
    return this.#outlet.attach(sink);
  }

  #leave(): void {
    if (this.#subscribed !== undefined) this.#link?.sources.delete(this.#subscribed.id);
    this.#subscribed?.unsubscribe();
    this.#subscribed = undefined;
  }

  #hear(event: PlayEvent): void {
    if (event.type === 'sent') {
      const frame = this.#outlet?.sent();
      const samples = frame === undefined ? undefined : opusPacketSamples(frame);
      if (this.#suspended) this.#tell({ type: 'resumed' });
      this.#sentFrames += 1;
      const position = this.#before.ms + event.position;
      this.#sentMs = position + (typeof samples === 'number' ? samples / SAMPLES_PER_MS : 0);
      this.#tell(this.#before.ms === 0 ? event : { ...event, position });
    } else if (event.type === 'started') {
      if (!this.#started) this.#tell(event);
      this.#started = true;
    } else if (event.type === 'finished') this.#tell({ ...event, frames: this.#before.frames + event.frames });
    else this.#tell(event);
  }

  /** `suspended` and `resumed` in turn, whoever says so. */
  #tell(event: PlayEvent): void {
    if (event.type === 'suspended' || event.type === 'resumed') {
      const suspended = event.type === 'suspended';
      if (suspended === this.#suspended) return;
      this.#suspended = suspended;
    }
    this.#subscriber.next(event);
  }
}
