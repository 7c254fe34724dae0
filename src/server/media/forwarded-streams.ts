/** All streams of audio from one session to another, and their counters. */
import type { MutableFlowCounters } from '../counters.js';
import type { VoiceSession } from '../sessions/voice-session.js';
import { Accounting } from './accounting.js';
import { ForwardedStream } from './forwarded-stream.js';

/** One for each pair of sessions, from the first offered packet to the end of either. */
export class ForwardedStreams {
  readonly accounting = new Accounting();
  readonly #byReceiver = new WeakMap<VoiceSession, WeakMap<VoiceSession, ForwardedStream>>();

  /** @param totals the sums over all streams */
  constructor(private readonly totals: MutableFlowCounters) {}

  /** Undefined before the first packet. */
  find(sender: VoiceSession, receiver: VoiceSession): ForwardedStream | undefined {
    return this.#byReceiver.get(receiver)?.get(sender);
  }

  /** The stream, created if necessary. */
  open(sender: VoiceSession, receiver: VoiceSession): ForwardedStream {
    let bySender = this.#byReceiver.get(receiver);
    if (bySender === undefined) this.#byReceiver.set(receiver, (bySender = new WeakMap()));
    let stream = bySender.get(sender);
    if (stream === undefined) {
      const name = `${sender.guildId}/${sender.userId}/${receiver.userId}`;
      const counters = this.accounting.between(sender.userId, receiver.userId);
      bySender.set(sender, (stream = new ForwardedStream(name, counters, this.totals)));
    }
    return stream;
  }
}
