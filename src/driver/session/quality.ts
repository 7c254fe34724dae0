/** How the voice server receives a session, over all of its media sessions. */
import { BehaviorSubject, EMPTY, switchMap, type Observable } from 'rxjs';
import { outboundQuality$, type OutboundQuality, type ReportedTraffic } from '../../media/send/outbound-quality.js';

export class QualityMonitor {
  readonly #traffic$ = new BehaviorSubject<ReportedTraffic | null>(null);

  /** Hot. Reports are decrypted only while somebody listens. */
  get quality$(): Observable<OutboundQuality> {
    return this.#traffic$.pipe(switchMap((traffic) => (traffic === null ? EMPTY : outboundQuality$(traffic))));
  }

  /** Sets the traffic of the current media session; null for none. */
  follow(traffic: ReportedTraffic | null): void {
    this.#traffic$.next(traffic);
  }

  /** The session is over. */
  complete(): void {
    this.#traffic$.complete();
  }
}
