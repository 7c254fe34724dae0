/** Sessions that move to a far side which has prepared for them: their plays are requested before the sessions are there. */
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
  /** By the subscription that requested it; those not yet taken by a session. */
  readonly #prepared = new Map<number, Prepared>();
  /** By session number, until the session is there. */
  readonly #arrivals = new Map<number, Arrival>();

  constructor(handOver: HandOver | undefined) {
    this.#handOver = handOver;
  }

  /** Prepares, reports when it is ready, and keeps the result for as long as it is subscribed to, or for the session that takes it. */
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

  /** A session begins. Returns what was prepared for it. */
  begin(session: number, preparation: number | undefined): Prepared | undefined {
    if (preparation === undefined) return undefined;
    const prepared = this.#prepared.get(preparation);
    this.#prepared.delete(preparation);
    this.#arrivals.set(session, { prepared, session$: new ReplaySubject(1) });
    return prepared;
  }

  /** The session is there: waiting plays start, and prepared resources that nothing has taken are released. */
  arrived(id: number, session: VoiceSession): void {
    const arrival = this.#arrivals.get(id);
    this.gone(id);
    arrival?.session$.next(session);
  }

  /** The session has ended, at whatever stage. */
  gone(id: number): void {
    this.#arrivals.get(id)?.prepared?.close();
    this.#arrivals.delete(id);
  }

  /**
   * A play on a session that is not there yet: its frames are opened now. Undefined if no such session is expected.
   *
   * ```
   * frames    ^--abc---
   * session   -------s-
   * result    -------E-     E: the events of `play`
   * ```
   * @param open opens the frames if they were not prepared
   */
  play$<T>(id: number, source: FrameDescription | undefined, open: () => FrameInput, play: (session: VoiceSession, frames: FrameInput) => Observable<T>): Observable<T> | undefined {
    const arrival = this.#arrivals.get(id);
    if (arrival === undefined) return undefined;
    return new Observable((subscriber) => {
      const { frames, letGo } = (source && arrival.prepared?.open(source)) ?? opened(open, source);
      subscriber.add(arrival.session$.pipe(take(1)).subscribe((session) => subscriber.add(play(session, frames).subscribe(subscriber))));
      // Released after the play, which may have been kept by somebody else: it can go on after the bot that requested it is gone.
      subscriber.add(letGo);
    });
  }
}

/** Reads nothing ahead: for frames from the home side, what was read here counts as played. */
function opened(open: () => FrameInput, source: FrameDescription | undefined): Opened {
  const ahead = new OpenedAhead(open(), 0);
  return { frames: ahead.frames(0, open, source), letGo: () => ahead.letGo() };
}
