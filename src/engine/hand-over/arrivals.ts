/** Sessions that come to a far side that has prepared for them: what is to be played is said before they are there. */
import { Observable, ReplaySubject, take } from 'rxjs';
import { VoiceOptionsError } from '../../errors.js';
import type { VoiceSession } from '../../driver/session/session.js';
import type { FrameDescription } from '../../frames/description.js';
import type { FrameInput } from '../../media/send/play-options.js';
import type { Production, Sink } from '../sink.js';
import { OpenedAhead } from './opened-ahead.js';
import type { HandOver, Opened, Prepared, PrepareTopic } from './prepared.js';

interface Arrival {
  readonly prepared: Prepared | undefined;
  readonly session$: ReplaySubject<VoiceSession>;
}

export class Arrivals {
  readonly #handOver: HandOver | undefined;
  /** By the subscription that has asked for it, and not taken by a session. */
  readonly #prepared = new Map<number, Prepared>();
  /** By the number of the session, until that is there. */
  readonly #arrivals = new Map<number, Arrival>();

  constructor(handOver: HandOver | undefined) {
    this.#handOver = handOver;
  }

  /** Prepares, says so when it has, and keeps it for as long as it is listened to, or for the session that takes it. */
  prepare(topic: PrepareTopic, sink: Sink, id: number): Production {
    const prepared = this.#handOver?.prepare(topic);
    if (prepared === undefined) throw new VoiceOptionsError('topic', 'nothing is prepared here');
    this.#prepared.set(id, prepared);
    const subscription = prepared.ready$.subscribe({ complete: () => sink.next({ prepared: true }) });
    const close = (): void => {
      subscription.unsubscribe();
      if (this.#prepared.delete(id)) prepared.close();
    };
    return { demand: () => undefined, close };
  }

  /** A session begins, with what was prepared for it. */
  begin(session: number, preparation: number | undefined): Prepared | undefined {
    if (preparation === undefined) return undefined;
    const prepared = this.#prepared.get(preparation);
    this.#prepared.delete(preparation);
    this.#arrivals.set(session, { prepared, session$: new ReplaySubject(1) });
    return prepared;
  }

  /** It is there: what waits for it plays, and what nobody has asked for is let go of. */
  arrived(id: number, session: VoiceSession): void {
    const arrival = this.#arrivals.get(id);
    this.gone(id);
    arrival?.session$.next(session);
  }

  /** It has ended, wherever it was. */
  gone(id: number): void {
    this.#arrivals.get(id)?.prepared?.close();
    this.#arrivals.delete(id);
  }

  /**
   * What is to be played on a session that is not there yet: its frames are opened now. Undefined where no such session is waited for.
   *
   * ```
   * frames    ^--abc---
   * session   -------s-
   * result    -------E-     E: as `play` emits
   * ```
   * @param open opens the frames where they were not prepared
   */
  play$<T>(id: number, source: FrameDescription | undefined, open: () => FrameInput, play: (session: VoiceSession, frames: FrameInput) => Observable<T>): Observable<T> | undefined {
    const arrival = this.#arrivals.get(id);
    if (arrival === undefined) return undefined;
    return new Observable((subscriber) => {
      const { frames, letGo } = (source && arrival.prepared?.open(source)) ?? opened(open, source);
      subscriber.add(arrival.session$.pipe(take(1)).subscribe((session) => subscriber.add(play(session, frames).subscribe(subscriber))));
      // Behind the play, which is whoever's it was given to: it may go on where the bot that asked for it is gone.
      subscriber.add(letGo);
    });
  }
}

/** Nothing is read of it: of frames that are at home, what was read here counts as played. */
function opened(open: () => FrameInput, source: FrameDescription | undefined): Opened {
  const ahead = new OpenedAhead(open(), 0);
  return { frames: ahead.frames(0, open, source), letGo: () => ahead.letGo() };
}
