/** What the voice server hears of a session, over all of its media sessions. */
import { BehaviorSubject, defer, EMPTY, Observable, switchMap } from 'rxjs';
import type { MediaInterceptor, MediaTraffic } from '../../media/interceptor.js';
import { outboundQuality$, type OutboundQuality } from '../../media/send/outbound-quality.js';

export class QualityMonitor {
  /** Hot. Nothing is decrypted for it while nobody listens. */
  readonly quality$: Observable<OutboundQuality>;
  /** Learns of each media session, and of its end. */
  readonly interceptor: MediaInterceptor = (traffic) =>
    new Observable<never>(() => {
      this.#traffic$.next(traffic);
      return () => this.#traffic$.next(null);
    });
  readonly #traffic$ = new BehaviorSubject<MediaTraffic | null>(null);

  constructor() {
    // Behind a function: who prints a session is not to see its traffic.
    this.quality$ = defer(() => this.#traffic$.pipe(switchMap((traffic) => (traffic === null ? EMPTY : outboundQuality$(traffic)))));
  }

  /** The session is over. */
  complete(): void {
    this.#traffic$.complete();
  }
}
