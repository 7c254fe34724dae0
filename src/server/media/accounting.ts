/** What became of each sender's audio, receiver by receiver. */
import type { Snowflake } from '../../types.js';
import { zeroFlowCounters, type FlowCounters, type MutableFlowCounters } from '../counters.js';

/** By user, over all of their sessions. */
export class Accounting {
  readonly #byReceiver = new Map<Snowflake, Map<Snowflake, MutableFlowCounters>>();

  /** What a user was sent of each other. The map and its values live on: they count. */
  of(receiverId: Snowflake): ReadonlyMap<Snowflake, FlowCounters> {
    return this.#senders(receiverId);
  }

  /** To be written to. */
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
