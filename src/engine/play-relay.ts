/** One play, from the home side: over one far side, and over the next where that is lost. */
import { opusPacketSamples } from '../protocol/opus-packet.js';
import { SAMPLES_PER_MS } from '../protocol/silence.js';
import type { Subscriber } from 'rxjs';
import { EngineLostError } from '../errors.js';
import { openQueue } from '../frames/open-queue.js';
import { Heard } from '../media/send/play-end.js';
import { resolvePlayOptions, type FrameInput, type PlayOptions } from '../media/send/play-options.js';
import type { PlayEnd, PlayEvent } from '../types.js';
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
  readonly #heard: Heard;
  /** ms of audio, and frames, that far sides before this one have come to. */
  #before = { ms: 0, frames: 0 };
  #position = 0;
  #frames = 0;

  constructor(input: FrameInput, options: PlayOptions, ahead: number, subscriber: Subscriber<PlayEvent>) {
    this.#input = input;
    this.#options = options;
    this.#ahead = ahead;
    this.#subscriber = subscriber;
    this.#heard = new Heard(options.onEnd);
  }

  /** Plays over there from now on; undefined: nowhere for the moment. */
  use(link: Link | undefined): void {
    this.#leave();
    this.#link = link;
    if (link === undefined) return this.#tell({ type: 'suspended' });
    this.#before = { ms: this.#position, frames: this.#frames };
    const { speaking, whenSuspended } = resolvePlayOptions(this.#options);
    const sink: Sink = {
      next: (news) => this.#hear(news as PlayEvent | { readonly end: PlayEnd }),
      error: (error) => {
        // The session will say where it goes on, or that it does not.
        if (!(error instanceof EngineLostError)) this.#subscriber.error(error);
      },
      complete: () => this.#subscriber.complete(),
    };
    link.peer.subscribe({ what: 'play', session: link.session, options: { speaking, whenSuspended }, ahead: this.#ahead }, sink, (subscribed) => {
      this.#subscribed = subscribed;
      link.sources.set(subscribed.id, (frames) => this.#open(frames));
    });
  }

  /** The session is over before a far side could say so. */
  fail(error: unknown): void {
    this.#heard.end('session-ended');
    this.#subscriber.error(error);
  }

  /** Lets go of the source here and now, before the far side hears of it. */
  close(): void {
    this.#heard.end('stopped');
    this.#outlet?.close();
    this.#leave();
  }

  /** Nothing is opened before a far side, which knows whether something plays, asks for the frames. */
  #open(sink: Sink): Production {
    this.#outlet ??= new FrameOutlet(this.#ahead, (onReadable) => openQueue(this.#input, { ...resolvePlayOptions(this.#options), onReadable }));
    return this.#outlet.attach(sink);
  }

  #leave(): void {
    if (this.#subscribed !== undefined) this.#link?.sources.delete(this.#subscribed.id);
    this.#subscribed?.unsubscribe();
    this.#subscribed = undefined;
  }

  #hear(event: PlayEvent | { readonly end: PlayEnd }): void {
    if ('end' in event) this.#heard.end(event.end.reason);
    else if (event.type === 'sent') this.#sent(event);
    else if (event.type === 'finished') this.#tell({ ...event, frames: this.#before.frames + event.frames, heard: this.#heard.ms });
    else if (event.type !== 'started' || !this.#started) this.#tell(event);
    if ('type' in event && event.type === 'started') this.#started = true;
  }

  #sent(event: Extract<PlayEvent, { readonly type: 'sent' }>): void {
    if (this.#suspended) this.#tell({ type: 'resumed' });
    const frame = this.#outlet?.sent();
    const samples = frame === undefined ? 0 : opusPacketSamples(frame);
    if (typeof samples === 'number') this.#heard.sent(samples);
    const position = this.#before.ms + event.position;
    this.#position = position + (typeof samples === 'number' ? samples / SAMPLES_PER_MS : 0);
    this.#frames += 1;
    this.#tell(this.#before.ms === 0 ? event : { ...event, position });
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
