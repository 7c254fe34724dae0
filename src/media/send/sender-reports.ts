/**
 * Sender Reports: without them the voice server's reports about us have no round trip, since that is measured from the report that they
 * answer (RFC 3550 section 6.4.1). Discord's own clients send one about every 5 s (protocol notes of docs.discord.food, June 2026).
 */
import { Observable, type SchedulerAction, type Subscriber } from 'rxjs';
import { amount, fields, type Check } from '../../checks/check.js';
import { operate, type Operation } from '../../operate.js';
import { SAMPLES_PER_MS } from '../../protocol/silence.js';
import { uint32Add } from '../../protocol/wrap.js';
import type { MediaInterceptor, MediaTraffic, SentRtp } from '../interceptor.js';

/** How often {@link senderReports} reports. */
export interface SenderReportOptions {
  /** ms from the first packet since the report before to the next report. Default 5 000. */
  readonly every?: number;
}

/** The {@link SenderReportOptions} unless told otherwise. */
export const DEFAULT_SENDER_REPORTS = { every: 5_000 } as const satisfies Required<SenderReportOptions>;

const checkOptions = fields({ every: amount('ms, more than 0', Number.MIN_VALUE) } satisfies Readonly<
  Record<keyof SenderReportOptions, Check>
>);

/** The item of a source description that every source has to have; empty, as Discord's servers send it. RFC 3550 section 6.5.1. */
const CNAME = 1;

/**
 * Sends a sender report, with its source description, `every` ms while packets are sent; each covers what was sent since the one before,
 * so that the last follows the last packet. Where nothing is sent there is no timer.
 *
 * ```
 * sent    --pppppppppp-----------pp----
 * report  -------r----r-------------r--      every 5
 * ```
 *
 * On by default, see `VoiceOptions.senderReports`; as an interceptor of your own with another pace.
 *
 * @throws VoiceOptionsError for options that are none
 */
export function senderReports(options: SenderReportOptions = {}): MediaInterceptor {
  checkOptions('', options);
  const { every = DEFAULT_SENDER_REPORTS.every } = options;
  // What reports are made of, and no more: the traffic has other streams, which would stand with it.
  return ({ ssrc, scheduler, sentRtp$, sentTotals, sendRtcp }) =>
    new Observable((subscriber) => reportOn({ ssrc, scheduler, sentRtp$, sentTotals, sendRtcp }, subscriber, every));
}

/** What sender reports are made of. */
export type ReportedOn = Pick<MediaTraffic, 'ssrc' | 'scheduler' | 'sentRtp$' | 'sentTotals' | 'sendRtcp'>;

/** The same without a stream, for as long as `life` lasts. */
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

  /** The first packet sets the timer. Those that follow until it is due change nothing, and are told to nobody: they cost two additions. */
  wait(): void {
    this.#first = operate<SentRtp, never>(this);
    this.#traffic.sentRtp$.subscribe(this.#first);
  }

  next(packet: SentRtp): void {
    this.#first?.unsubscribe();
    this.#first = undefined;
    this.destination.add(this.#traffic.scheduler.schedule(due, this.#every, { reports: this, packet }));
  }

  /** The report upon a packet of a while ago. */
  report({ timestamp, at }: SentRtp): void {
    const { ssrc, scheduler, sentTotals, sendRtcp } = this.#traffic;
    const now = scheduler.now();
    // Both are of this instant: the timestamp is what a packet sent now would bear, since timestamps go with the time, over gaps too.
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

/** What a report is made of, and by whom. */
interface Upon {
  readonly reports: Reports;
  readonly packet: SentRtp;
}
