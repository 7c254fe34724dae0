/** How well a sender's packets come in: what a receiver report says. RFC 3550 sections 6.4.1, A.1, A.3 and A.8. */
import type { ReceptionReport } from '../../protocol/rtcp.js';
import { middleOfNtp } from '../../protocol/rtcp-writer.js';
import { SAMPLES_PER_MS } from '../../protocol/silence.js';

/** How a stream has come in, since its first packet. */
export interface ReceptionAccount {
  /** Packets that came; one that came twice is two. */
  readonly packets: number;
  /** Packets that should have come: from the first number to the highest. */
  readonly expected: number;
  /** Interarrival jitter in ms: RFC 3550 A.8. */
  readonly jitter: number;
}

/** Counts from the first packet on. A sender whose numbers jump by half their range is taken for one that wrapped. */
export class ReceptionMeter {
  #first = -1;
  /** Extended: in the upper bits, how often the number wrapped. */
  #highest = 0;
  #received = 0;
  #jitter = 0;
  #transit: number | undefined;
  #expectedBefore = 0;
  #receivedBefore = 0;
  /** The last sender report: the middle of its NTP time, and when it came (ms). */
  #senderReport: { readonly middle: number; readonly at: number } | undefined;

  constructor(private readonly ssrc: number) {}

  /** Whether there is anything to report. */
  get empty(): boolean {
    return this.#received === 0;
  }

  /** A packet came. @param now ms */
  packet(sequence: number, timestamp: number, now: number): void {
    if (this.#received === 0) this.#first = this.#highest = sequence;
    const ahead = (sequence - this.#highest) & 0xffff;
    if (ahead < 0x8000) this.#highest += ahead;
    this.#received++;
    // Both on the RTP clock; only their difference from packet to packet means anything, and it wraps with the timestamp.
    const transit = (now * SAMPLES_PER_MS - timestamp) | 0;
    if (this.#transit !== undefined) this.#jitter += (Math.abs((transit - this.#transit) | 0) - this.#jitter) / 16;
    this.#transit = transit;
  }

  /** The sender says what its clock shows (ms since 1970; null for a sender without one). @param now ms */
  senderReport(ntpTime: number | null, now: number): void {
    this.#senderReport = ntpTime === null ? undefined : { middle: middleOfNtp(ntpTime), at: now };
  }

  get account(): ReceptionAccount {
    return { packets: this.#received, expected: this.#expected, jitter: this.#jitter / SAMPLES_PER_MS };
  }

  /** The report at `now` (ms); the share that was lost is since the last one. */
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
