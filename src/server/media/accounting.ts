/** What happened to each sender's audio, for each receiver. */
import type { Snowflake } from '../../types.js';
import { zeroFlowCounters, type FlowCounters, type MutableFlowCounters } from '../counters.js';

/** Counts by user, over all of their sessions. */
export class Accounting {
  readonly #byReceiver = new Map<Snowflake, Map<Snowflake, MutableFlowCounters>>();

  /** The counts for one receiver, by sender. The map and its values are live. */
  of(receiverId: Snowflake): ReadonlyMap<Snowflake, FlowCounters> {
    return this.#senders(receiverId);
  }

  /** The counts from a sender to a receiver, to be written to. */
  between(senderId: Snowflake, receiverId: Snowflake): MutableFlowCounters {
    const senders = this.#senders(receiverId);
    let counters = senders.get(senderId);
    if (counters === undefined) senders.set(senderId, (counters = zeroFlowCounters()));
    return counters;
  }

  #senders(receiverId: Snowflake): Map<Snowflake, MutableFlowCounters> {
    let senders = this.#byReceiver.get(receiverId);
    if (senders === undefined) this.#byReceiver.set(receiverId, (senders = new Map()));
    return senders;
  }
}
