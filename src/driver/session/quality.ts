/** What the voice server hears of a session, over all of its media sessions. */
import { BehaviorSubject, EMPTY, switchMap, type Observable } from 'rxjs';
import { outboundQuality$, type OutboundQuality, type ReportedTraffic } from '../../media/send/outbound-quality.js';

export class QualityMonitor {
  readonly #traffic$ = new BehaviorSubject<ReportedTraffic | null>(null);

  /** Hot. Nothing is decrypted for it while nobody listens. */
  get quality$(): Observable<OutboundQuality> {
    return this.#traffic$.pipe(switchMap((traffic) => (traffic === null ? EMPTY : outboundQuality$(traffic))));
  }

  /** The traffic of the media session that there is now; null for none. */
  follow(traffic: ReportedTraffic | null): void {
    this.#traffic$.next(traffic);
  }

  /** The session is over. */
  complete(): void {
    this.#traffic$.complete();
  }
}
