/** What became of each sender's audio, receiver by receiver. */
import type { Snowflake } from '../../types.js';

/**
 * Copies of one user's audio on their way to another, by what became of them:
 *
 * ```
 * offered + doubled = forwarded + dropped + withheld + delayed
 * ```
 *
 * What the server makes itself is counted apart, and no rule takes it away.
 */
export interface FlowCounters {
  /** Authentic audio packets of the sender that the receiver was a member for. */
  readonly offered: number;
  /** Copies beyond the first, by a fault or the network. */
  readonly doubled: number;
  /** Sent. */
  readonly forwarded: number;
  /** Lost by a fault, or the network. */
  readonly dropped: number;
  /** Not for this receiver: it has no key yet, or cannot read a frame that is end-to-end encrypted. */
  readonly withheld: number;
  /** Under way, later. */
  readonly delayed: number;
  /** Frames of silence put behind a sender that stopped. */
  readonly silence: number;
  /** Packets of nothing but padding. */
  readonly paddingOnly: number;
}

/** {@link FlowCounters}, as the server writes them. */
export type MutableFlowCounters = { -readonly [name in keyof FlowCounters]: number };

/** All counters at 0. */
export function zeroFlow(): MutableFlowCounters {
  return { offered: 0, doubled: 0, forwarded: 0, dropped: 0, withheld: 0, delayed: 0, silence: 0, paddingOnly: 0 };
}

/** By user, over all of their sessions. */
export class Accounting {
  readonly #byReceiver = new Map<Snowflake, Map<Snowflake, MutableFlowCounters>>();

  /** What a user was sent of each other. The map and its values live on: they count. */
  of(receiverId: Snowflake): ReadonlyMap<Snowflake, FlowCounters> {
    return this.#senders(receiverId);
  }

  /** To be written to. */
  flow(receiverId: Snowflake, senderId: Snowflake): MutableFlowCounters {
    const senders = this.#senders(receiverId);
    let counters = senders.get(senderId);
    if (counters === undefined) senders.set(senderId, (counters = zeroFlow()));
    return counters;
  }

  #senders(receiverId: Snowflake): Map<Snowflake, MutableFlowCounters> {
    let senders = this.#byReceiver.get(receiverId);
    if (senders === undefined) this.#byReceiver.set(receiverId, (senders = new Map()));
    return senders;
  }
}
