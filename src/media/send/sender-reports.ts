/**
 * Sender Reports. The voice server's reports about us need them to give a round-trip time, which is measured from the sender report that
 * they answer (RFC 3550 section 6.4.1). Discord's own clients send one about every 5 s (protocol notes of docs.discord.food, June 2026).
 */
import { Observable, type SchedulerAction, type Subscriber } from 'rxjs';
import { amount, fields, type Check } from '../../checks/check.js';
import { operate, type Operation } from '../../operate.js';
import { SAMPLES_PER_MS } from '../../protocol/silence.js';
import { uint32Add } from '../../protocol/wrap.js';
import type { MediaInterceptor, MediaTraffic, SentRtp } from '../interceptor.js';

/** How often {@link senderReports} reports. */
export interface SenderReportOptions {
  /** ms from the first packet after a report to the next report. Default 5 000. */
  readonly every?: number;
}

/** The default {@link SenderReportOptions}. */
export const DEFAULT_SENDER_REPORTS = { every: 5_000 } as const satisfies Required<SenderReportOptions>;

const checkOptions = fields({ every: amount('ms, more than 0', Number.MIN_VALUE) } satisfies Readonly<
  Record<keyof SenderReportOptions, Check>
>);

/** The mandatory item of a source description; empty, as Discord's servers send it. RFC 3550 section 6.5.1. */
const CNAME = 1;

/**
 * Sends a sender report with a source description every `every` ms while packets are sent. The first packet after a report starts the timer,
 * so the last report follows the last packet. While nothing is sent there is no timer.
 *
 * ```
 * sent    --pppppppppp-----------pp----
 * report  -------r----r-------------r--      every 5
 * ```
 *
 * On by default, see `VoiceOptions.senderReports`. Use it as your own interceptor to set another interval.
 *
 * @throws VoiceOptionsError for invalid options
 */
export function senderReports(options: SenderReportOptions = {}): MediaInterceptor {
  checkOptions('', options);
  const { every = DEFAULT_SENDER_REPORTS.every } = options;
  // Only what the reports need is kept: a reference to the whole traffic would keep its other streams in memory.
  return ({ ssrc, scheduler, sentRtp$, sentTotals, sendRtcp }) =>
    new Observable((subscriber) => reportOn({ ssrc, scheduler, sentRtp$, sentTotals, sendRtcp }, subscriber, every));
}

/** The part of the traffic that sender reports need. */
export type ReportedOn = Pick<MediaTraffic, 'ssrc' | 'scheduler' | 'sentRtp$' | 'sentTotals' | 'sendRtcp'>;

/** The same without an Observable, until `life` is closed. */
export function reportOn(traffic: ReportedOn, life: Subscriber<never>, every: number = DEFAULT_SENDER_REPORTS.every): void {
  new Reports(traffic, every, life).wait();
}

/** The reports of one media session. */
class Reports implements Operation<SentRtp, never> {
  readonly destination: Subscriber<never>;
  readonly #traffic: ReportedOn;
  readonly #every: number;
  #first: Subscriber<SentRtp> | undefined;

  constructor(traffic: ReportedOn, every: number, destination: Subscriber<never>) {
    this.#traffic = traffic;
    this.#every = every;
    this.destination = destination;
  }

  /** The first packet starts the timer. Until it fires, this is not subscribed, so further packets cost only the two additions of the totals. */
  wait(): void {
    this.#first = operate<SentRtp, never>(this);
    this.#traffic.sentRtp$.subscribe(this.#first);
  }

  next(packet: SentRtp): void {
    this.#first?.unsubscribe();
    this.#first = undefined;
    this.destination.add(this.#traffic.scheduler.schedule(due, this.#every, { reports: this, packet }));
  }

  /** Sends the report; its timer was started by this packet. */
  report({ timestamp, at }: SentRtp): void {
    const { ssrc, scheduler, sentTotals, sendRtcp } = this.#traffic;
    const now = scheduler.now();
    // Both times mean now: the timestamp is that of a packet sent now, because RTP timestamps follow the time, over gaps too.
    const rtpTimestamp = uint32Add(timestamp, Math.round((now - at) * SAMPLES_PER_MS));
    const sent = sentTotals();
    // Both wrap, as their fields do.
    const [packets, octets] = [uint32Add(sent.packets, 0), uint32Add(sent.octets, 0)];
    try {
      sendRtcp([
        { type: 'sender-report', ssrc, ntpTime: now, rtpTimestamp, packets, octets, reports: [] },
        { type: 'source-description', chunks: [{ ssrc, items: [{ item: CNAME, text: '' }] }] },
      ]);
    } catch (error) {
      return this.destination.error(error);
    }
    this.wait();
  }
}

function due(this: SchedulerAction<Upon>, upon?: Upon): void {
  this.unsubscribe();
  upon!.reports.report(upon!.packet);
}

/** What the timer of a report carries. */
interface Upon {
  readonly reports: Reports;
  readonly packet: SentRtp;
}
