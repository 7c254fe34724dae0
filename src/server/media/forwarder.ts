/** Forwards audio to the other members of a call, each with its own key, mode and nonce counter. */
import type { SchedulerLike, Subscription } from 'rxjs';
import { isSilenceFrame } from '../../protocol/silence.js';
import type { FaultState } from '../faults/state.js';
import type { VoiceSession } from '../sessions/voice-session.js';
import { runIn } from '../timers.js';
import type { Forwarding } from '../traffic/forwarding.js';
import { fateOf, ONCE } from './datagram-fate.js';
import type { ForwardedStream } from './forwarded-stream.js';
import type { ForwardedStreams } from './forwarded-streams.js';
import { isReady, sealFor, type Outbound } from './outbound.js';
import { partsOfNothing, putTogether, takeApart, type PacketParts } from './packet-parts.js';
import { clearBytes, readSequence, writeSequence } from './rtp-fields.js';
import { SilenceFiller } from './silence-filler.js';

const MAX_DATAGRAM = 65_536;
/** The maximum padding bytes in an audio packet, those in a padding-only packet, and the maximum packets in a burst of these. */
const MOST_PADDING = 64;
const BURST_PADDING = 224;
const LONGEST_BURST = 6;

/** What the forwarder uses. */
export interface ForwarderParts {
  readonly faults: FaultState;
  readonly streams: ForwardedStreams;
  readonly outbound: Outbound;
  readonly scheduler: SchedulerLike;
  readonly now: () => number;
  /** Holds delayed packets, and all other timers. */
  readonly timers: Subscription;
}

/** Counts everything in the stream from sender to receiver. */
export class Forwarder {
  #options: Forwarding | undefined;
  readonly #silence: SilenceFiller;
  readonly #scratch = new Uint8Array(MAX_DATAGRAM);

  constructor(private readonly parts: ForwarderParts) {
    this.#silence = new SilenceFiller(parts);
  }

  /** Undefined: forward byte for byte. */
  get options(): Forwarding | undefined {
    return this.#options;
  }

  set options(options: Forwarding | undefined) {
    this.#options = options;
    this.#silence.reset();
  }

  /** Forwards to all others. @param rtp before its sender encrypted it; not kept */
  forward(rtp: Uint8Array, sender: VoiceSession): void {
    const options = this.#options;
    const parts = options === undefined ? undefined : takeApart(rtp, sender, options);
    for (const member of sender.call?.members ?? []) if (member !== sender) this.#offer(rtp, parts, sender, member);
    if (options !== undefined && options.silenceAfter > 0 && parts !== undefined)
      this.#silence.heard(sender, isSilenceFrame(parts.payload), options.silenceAfter);
  }

  #offer(rtp: Uint8Array, parts: PacketParts | undefined, sender: VoiceSession, receiver: VoiceSession): void {
    const { faults, streams, now } = this.parts;
    const stream = streams.open(sender, receiver);
    stream.count('offered');
    const packet = this.#forReceiver(rtp, parts, stream);
    const unreadable = receiver.maxDaveVersion === 0 && isDaveFrame(parts?.payload ?? rtp);
    const clear = clearBytes(packet[0]!, receiver.rtpSize);
    if (unreadable || isSilenced(sender, receiver) || !isReady(receiver) || clear > packet.length) return stream.count('withheld');
    const datagram = sealFor(receiver, packet, clear);
    const chosen = fateOf(faults.rule, datagram, sender, receiver);
    const copies = chosen === ONCE ? fateOf(this.#options?.rule, datagram, sender, receiver) : chosen;
    if (copies.length === 0) stream.count('dropped');
    for (let copy = 0; copy < copies.length; copy++) {
      if (copy > 0) stream.count('doubled');
      this.#sendIn(copies[copy]!, datagram, receiver, stream);
    }
    if (this.#options === undefined) return;
    stream.sent(packet, parts?.payload.length ?? 0, now());
    if (parts !== undefined) this.#burst(rtp, sender, receiver, stream, this.#options);
  }

  #sendIn(ms: number, datagram: Uint8Array, receiver: VoiceSession, stream: ForwardedStream): void {
    if (ms <= 0) return this.#send(datagram, receiver, stream);
    stream.count('delayed');
    runIn(ms, this.parts.scheduler, this.parts.timers, () => {
      stream.count('delayed', -1);
      this.#send(datagram, receiver, stream);
    });
  }

  #send(datagram: Uint8Array, receiver: VoiceSession, stream: ForwardedStream): void {
    stream.count(this.parts.outbound.send(datagram, receiver) ? 'forwarded' : 'dropped');
  }

  /** The unencrypted packet for one receiver: in the scratch buffer, or `rtp` itself. */
  #forReceiver(rtp: Uint8Array, parts: PacketParts | undefined, stream: ForwardedStream): Uint8Array {
    const options = this.#options;
    if (options === undefined) return rtp;
    const sequence = stream.numbering.forward(readSequence(rtp));
    if (parts === undefined) {
      // The sender's own padding, or not audio: unchanged except for its sequence number.
      const packet = this.#scratch.subarray(0, rtp.length);
      packet.set(rtp);
      writeSequence(packet, sequence);
      return packet;
    }
    const chance = stream.chance(options);
    const [padded, amount] = [chance() < options.padding, chance()];
    const padding = padded && !isSilenceFrame(parts.payload) ? 1 + Math.floor(amount * MOST_PADDING) : 0;
    return this.#scratch.subarray(0, putTogether(parts, sequence, padding, this.#scratch));
  }

  /** By chance, sends a burst of padding-only packets after an audio packet. */
  #burst(rtp: Uint8Array, sender: VoiceSession, receiver: VoiceSession, stream: ForwardedStream, options: Forwarding): void {
    const chance = stream.chance(options);
    const [burst, length] = [chance() < options.paddingBursts, chance()];
    if (!burst) return;
    const parts = partsOfNothing(rtp, sender, options);
    for (let left = 1 + Math.floor(length * LONGEST_BURST); left > 0; left--) {
      const sequence = (options.numberedBursts ? stream.numbering.insert() : undefined) ?? stream.sequence;
      const packet = this.#scratch.subarray(0, putTogether(parts, sequence, BURST_PADDING, this.#scratch));
      const datagram = sealFor(receiver, packet, clearBytes(packet[0]!, receiver.rtpSize));
      if (!this.parts.outbound.send(datagram, receiver)) continue;
      stream.sent(packet, 0, this.parts.now());
      stream.count('paddingOnly');
    }
  }
}

/** An end-to-end encrypted frame ends in FA FA; a client without DAVE would play it as noise. */
function isDaveFrame(packet: Uint8Array): boolean {
  return packet.at(-1) === 0xfa && packet.at(-2) === 0xfa;
}

/** Whether a moderator or a stage keeps this audio from being heard. Self-mute and self-deafen do not count. */
function isSilenced({ membership: sender }: VoiceSession, { membership: receiver }: VoiceSession): boolean {
  return sender.suppressed || sender.muted || receiver.deafened;
}
