/** The plays of one session that are under way, on the home side. */
import { Observable, type Subscriber } from 'rxjs';
import { openQueue } from '../media/send/open-queue.js';
import { DEFAULT_PLAY_OPTIONS, type FrameInput, type PlayOptions } from '../media/send/play-options.js';
import type { PlayEvent } from '../types.js';
import { FrameOutlet } from './frame-outlet.js';
import type { Peer, Production, Sink } from './peer.js';

/** Opens the source of a play, for who asks for its frames. */
export type OpenFrames = (sink: Sink) => Production;

export class Plays {
  readonly #ahead: number;
  /** By the number of the subscription that a play is; of all sessions of an engine. */
  readonly #sources: Map<number, OpenFrames>;
  readonly #open = new Set<Subscriber<PlayEvent>>();

  /** @param ahead how many frames the far side asks for ahead of its clock */
  constructor(ahead: number, sources: Map<number, OpenFrames>) {
    this.#ahead = ahead;
    this.#sources = sources;
  }

  /** Cold. Nothing of the source is opened before the far side, which knows whether something plays, asks for its frames. */
  play$(peer: Peer, session: number, input: FrameInput, options: PlayOptions): Observable<PlayEvent> {
    return new Observable((subscriber) => {
      const { prefetch = DEFAULT_PLAY_OPTIONS.prefetch, buffer, ...rest } = options;
      let outlet: FrameOutlet | undefined;
      const open: OpenFrames = (sink) =>
        (outlet = new FrameOutlet(sink, (onReadable) => openQueue(input, { prefetch, buffer: { ...DEFAULT_PLAY_OPTIONS.buffer, ...buffer }, onReadable })));
      this.#open.add(subscriber);
      subscriber.add(() => this.#open.delete(subscriber));
      // Before the far side hears of it: what is let go of here is released here, now.
      subscriber.add(() => outlet?.close());
      const begun = ({ id, unsubscribe }: { readonly id: number; unsubscribe(): void }): void => {
        this.#sources.set(id, open);
        subscriber.add(() => this.#sources.delete(id));
        subscriber.add(unsubscribe);
      };
      const sink: Sink = {
        next: (event) => subscriber.next(event as PlayEvent),
        error: (error) => subscriber.error(error),
        complete: () => subscriber.complete(),
      };
      peer.subscribe({ what: 'play', session, options: rest, ahead: this.#ahead }, sink, begun);
    });
  }

  /** The session ended here before the far side could say so: with an error, or by completion. */
  end(error: unknown): void {
    for (const subscriber of [...this.#open]) {
      if (error === undefined) subscriber.complete();
      else subscriber.error(error);
    }
  }
}
