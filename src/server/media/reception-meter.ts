/** How well a sender's packets come in: what a receiver report says. RFC 3550 sections 6.4.1, A.1, A.3 and A.8. */
import type { ReceptionReport } from '../../protocol/rtcp.js';
import { SAMPLES_PER_MS } from '../../protocol/silence.js';

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

  /** The report; the share that was lost is since the last one. */
  report(): ReceptionReport {
    const expected = this.#highest - this.#first + 1;
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
      // Clients of voice send no sender reports.
      lastSenderReport: null,
      delay: null,
    };
  }
}
