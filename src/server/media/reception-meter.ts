/** Measures how a sender's packets arrive, for receiver reports. RFC 3550 sections 6.4.1, A.1, A.3 and A.8. */
import type { ReceptionReport } from '../../protocol/rtcp.js';
import { middleOfNtp } from '../../protocol/rtcp-writer.js';
import { SAMPLES_PER_MS } from '../../protocol/silence.js';

/** How a stream has arrived, since its first packet. */
export interface ReceptionAccount {
  /** Packets received; duplicates count twice. */
  readonly packets: number;
  /** Packets expected: from the first sequence number to the highest. */
  readonly expected: number;
  /** Interarrival jitter in ms: RFC 3550 A.8. */
  readonly jitter: number;
}

/** Counts from the first packet on. A backward jump by more than half the range counts as a wrap. */
export class ReceptionMeter {
  #first = -1;
  /** The extended sequence number: its upper bits count the wraps. */
  #highest = 0;
  #received = 0;
  #jitter = 0;
  #transit: number | undefined;
  #expectedBefore = 0;
  #receivedBefore = 0;
  /** The last sender report: the middle 32 bits of its NTP time, and when it arrived (ms). */
  #senderReport: { readonly middle: number; readonly at: number } | undefined;

  constructor(private readonly ssrc: number) {}

  /** Whether there is anything to report. */
  get empty(): boolean {
    return this.#received === 0;
  }

  /** Counts a packet. @param now ms */
  packet(sequence: number, timestamp: number, now: number): void {
    if (this.#received === 0) this.#first = this.#highest = sequence;
    const ahead = (sequence - this.#highest) & 0xffff;
    if (ahead < 0x8000) this.#highest += ahead;
    this.#received++;
    // Both are on the RTP clock. Only the difference between packets has a meaning, and it wraps with the timestamp.
    const transit = (now * SAMPLES_PER_MS - timestamp) | 0;
    if (this.#transit !== undefined) this.#jitter += (Math.abs((transit - this.#transit) | 0) - this.#jitter) / 16;
    this.#transit = transit;
  }

  /** Notes a sender report, with the sender's clock (ms since 1970; null if it has none). @param now ms */
  senderReport(ntpTime: number | null, now: number): void {
    this.#senderReport = ntpTime === null ? undefined : { middle: middleOfNtp(ntpTime), at: now };
  }

  get account(): ReceptionAccount {
    return { packets: this.#received, expected: this.#expected, jitter: this.#jitter / SAMPLES_PER_MS };
  }

  /** The report at `now` (ms). Its fraction lost covers the time since the last report. */
  report(now: number): ReceptionReport {
    const expected = this.#expected;
    const lately = expected - this.#expectedBefore;
    const lost = lately - (this.#received - this.#receivedBefore);
    this.#expectedBefore = expected;
    this.#receivedBefore = this.#received;
    return {
      ssrc: this.ssrc,
      fractionLost: lately > 0 && lost > 0 ? lost / lately : 0,
      lost: expected - this.#received,
      highestSequence: this.#highest >>> 0,
      jitter: this.#jitter / SAMPLES_PER_MS,
      lastSenderReport: this.#senderReport?.middle ?? null,
      delay: this.#senderReport === undefined ? null : now - this.#senderReport.at,
    };
  }

  get #expected(): number {
    return this.#highest - this.#first + 1;
  }
}
