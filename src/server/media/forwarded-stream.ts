/** The state of one sender's audio to one receiver. */
import { RTP_HEADER_BYTES } from '../../protocol/rtp.js';
import type { MutableFlowCounters } from '../counters.js';
import type { Forwarding } from '../traffic/forwarding.js';
import { randomOf, seedOf, type Random } from '../traffic/seeded-random.js';
import { isAfter, Renumbering } from './renumbering.js';
import { readSequence } from './rtp-fields.js';

/** Lives from the first packet of a sender's session to a receiver's, to the end of either. */
export class ForwardedStream {
  readonly numbering = new Renumbering();
  /** Packets sent, and bytes of payload in them, for sender reports. */
  packets = 0;
  octets = 0;
  /** `packets` at the last sender report. */
  reported = 0;
  /** RTP sequence and timestamp of the newest packet, as sent; the timestamp is undefined before the first. */
  sequence = 0;
  timestamp: number | undefined;
  /** When the last packet was sent, in ms. */
  sentAt = 0;
  #forwarding: Forwarding | undefined;
  #random: Random = randomOf(0);

  /** @param totals the sums over all streams */
  constructor(
    private readonly name: string,
    private readonly counters: MutableFlowCounters,
    private readonly totals: MutableFlowCounters,
  ) {}

  /** Adds `by` to a counter. */
  count(kind: keyof MutableFlowCounters, by = 1): void {
    this.counters[kind] += by;
    this.totals[kind] += by;
  }

  /** The random numbers of this stream. They restart whenever the options change. */
  chance(forwarding: Forwarding): Random {
    if (this.#forwarding !== forwarding) {
      this.#forwarding = forwarding;
      this.#random = randomOf(seedOf(forwarding.seed, this.name));
    }
    return this.#random;
  }

  /** Notes a sent packet. @param rtp as on the wire, but unencrypted */
  sent(rtp: Uint8Array, payloadBytes: number, now: number): void {
    this.packets++;
    this.octets += payloadBytes;
    this.sentAt = now;
    const sequence = readSequence(rtp);
    if (this.timestamp !== undefined && !isAfter(sequence, this.sequence)) return;
    this.sequence = sequence;
    this.timestamp = new DataView(rtp.buffer, rtp.byteOffset, RTP_HEADER_BYTES).getUint32(4);
  }
}
