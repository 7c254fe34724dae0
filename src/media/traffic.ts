/** Sender and receiver report the traffic of one media session here. They check `observed` first, so without a subscriber it costs nothing. */
import { Subject } from 'rxjs';
import type { ReceivedRtcp, ReceivedRtp, SentRtcp, SentRtp, SentTotals } from './interceptor.js';

export class Traffic {
  /** Counted by the sender, with or without subscribers. */
  readonly sent: { -readonly [Name in keyof SentTotals]: number } = { packets: 0, octets: 0 };
  readonly sentRtp$ = new Subject<SentRtp>();
  readonly sentRtcp$ = new Subject<SentRtcp>();
  readonly receivedRtp$ = new Subject<ReceivedRtp>();
  readonly receivedRtcp$ = new Subject<ReceivedRtcp>();

  /** The media session is over. */
  complete(): void {
    for (const stream of [this.sentRtp$, this.sentRtcp$, this.receivedRtp$, this.receivedRtcp$]) stream.complete();
  }
}
