/** Sends audio on to the other members of a call, each under its own key, mode and counter. */
import type { SchedulerLike, Subscription } from 'rxjs';
import { RTP_HEADER_BYTES, writeRtpHeader } from '../../protocol/rtp.js';
import { isSilenceFrame, SAMPLES_PER_FRAME, SILENCE_FRAME } from '../../protocol/silence.js';
import { uint32Add } from '../../protocol/wrap.js';
import type { MutableFlowCounters, MutableCounters } from '../counters.js';
import type { FaultState } from '../faults/state.js';
import type { VoiceSession } from '../sessions/voice-session.js';
import type { Forwarding } from '../traffic/forwarding.js';
import { Accounting } from './accounting.js';
import { clearBytes } from './clear-bytes.js';
import { deliverIn, fateOf, ONCE } from './datagram-fate.js';
import { Flow } from './forwarded-stream.js';
import { emptyOutfit, outfitOf, putOn, type Outfit } from './packet-parts.js';
import { SilenceMaker } from './silence-maker.js';

const MAX_DATAGRAM = 65_536;
/** Bytes of padding in a packet of audio, and in one of nothing else; packets in a burst of those. */
const MOST_PADDING = 64;
const BURST_PADDING = 224;
const LONGEST_BURST = 6;

/** What the forwarder works with. */
export interface ForwarderParts {
  readonly faults: FaultState;
  readonly counters: MutableCounters;
  readonly scheduler: SchedulerLike;
  readonly now: () => number;
  /** Holds what is to be sent later, and all other timers. */
  readonly timers: Subscription;
}

/** Counts all that it does, in the server's counters and in those of sender and receiver. */
export class Forwarder {
  readonly accounting = new Accounting();
  #options: Forwarding | undefined;
  #silence = new WeakMap<VoiceSession, SilenceMaker>();
  readonly #flows = new WeakMap<VoiceSession, WeakMap<VoiceSession, Flow>>();
  readonly #scratch = new Uint8Array(MAX_DATAGRAM);

  constructor(private readonly parts: ForwarderParts) {}

  /** Undefined: byte for byte. */
  get options(): Forwarding | undefined {
    return this.#options;
  }

  set options(options: Forwarding | undefined) {
    this.#options = options;
    // Those of the options before are forgotten; their timers find nobody to make silence for.
    this.#silence = new WeakMap();
  }

  /** The flow from a sender to a receiver, with the first packet that is offered; undefined before it. */
  flow(sender: VoiceSession, receiver: VoiceSession): Flow | undefined {
    return this.#flows.get(receiver)?.get(sender);
  }

  /** To all others. @param rtp as it was before its sender sealed it; not kept */
  forward(rtp: Uint8Array, sender: VoiceSession): void {
    const options = this.#options;
    const outfit = options === undefined ? undefined : outfitOf(rtp, sender, options);
    for (const member of sender.call?.members ?? []) if (member !== sender) this.#offer(rtp, outfit, sender, member);
    if (options !== undefined && options.silenceAfter > 0 && outfit !== undefined)
      this.#silenceOf(sender, options).heard(isSilenceFrame(outfit.payload));
  }

  #offer(rtp: Uint8Array, outfit: Outfit | undefined, sender: VoiceSession, receiver: VoiceSession): void {
    const { faults } = this.parts;
    const flow = this.#open(sender, receiver);
    this.#count(flow, 'offered');
    const packet = this.#dress(rtp, outfit, flow);
    const unreadable = receiver.maxDaveVersion === 0 && isDaveFrame(outfit?.payload ?? rtp);
    if (unreadable || !isReady(receiver) || !hasHead(packet, receiver)) return this.#count(flow, 'withheld');
    const datagram = seal(packet, receiver);
    const chosen = fateOf(faults.rule, datagram, sender, receiver);
    const copies = chosen === ONCE ? fateOf(this.#options?.rule, datagram, sender, receiver) : chosen;
    if (copies.length === 0) this.#count(flow, 'dropped');
    for (let copy = 0; copy < copies.length; copy++) {
      if (copy > 0) this.#count(flow, 'doubled');
      this.#sendIn(copies[copy]!, datagram, receiver, flow);
    }
    if (this.#options === undefined) return;
    flow.sent(packet, outfit?.payload.length ?? 0, this.parts.now());
    if (outfit !== undefined) this.#burst(rtp, sender, receiver, flow);
  }

  #sendIn(ms: number, datagram: Uint8Array, receiver: VoiceSession, flow: Flow): void {
    if (ms <= 0) return this.#count(flow, this.#send(datagram, receiver) ? 'forwarded' : 'dropped');
    this.#count(flow, 'delayed');
    deliverIn(ms, this.parts.scheduler, this.parts.timers, () => {
      this.#count(flow, 'delayed', -1);
      this.#count(flow, this.#send(datagram, receiver) ? 'forwarded' : 'dropped');
    });
  }

  /** As it goes to one receiver, in the clear: the scratch, or `rtp` itself. */
  #dress(rtp: Uint8Array, outfit: Outfit | undefined, flow: Flow): Uint8Array {
    const options = this.#options;
    if (options === undefined) return rtp;
    const sequence = flow.numbering.forward((rtp[2]! << 8) | rtp[3]!);
    if (outfit === undefined) {
      // Padding of the sender's own, or something that is no audio: as sent, but for its number.
      const packet = this.#scratch.subarray(0, rtp.length);
      packet.set(rtp);
      packet[2] = sequence >>> 8;
      packet[3] = sequence;
      return packet;
    }
    const chance = flow.chance(options);
    const [padded, amount] = [chance() < options.padding, chance()];
    const padding = padded && !isSilenceFrame(outfit.payload) ? 1 + Math.floor(amount * MOST_PADDING) : 0;
    return this.#scratch.subarray(0, putOn(outfit, sequence, padding, this.#scratch));
  }

  /** Perhaps packets of nothing but padding, behind one of audio. */
  #burst(rtp: Uint8Array, sender: VoiceSession, receiver: VoiceSession, flow: Flow): void {
    const options = this.#options;
    if (options === undefined) return;
    const chance = flow.chance(options);
    const [burst, length] = [chance() < options.paddingBursts, chance()];
    if (!burst) return;
    const outfit = emptyOutfit(rtp, sender, options);
    for (let left = 1 + Math.floor(length * LONGEST_BURST); left > 0; left--) {
      const sequence = (options.numberedBursts ? flow.numbering.insert() : undefined) ?? flow.sequence;
      const packet = this.#scratch.subarray(0, putOn(outfit, sequence, BURST_PADDING, this.#scratch));
      if (!this.#send(seal(packet, receiver), receiver)) continue;
      flow.sent(packet, 0, this.parts.now());
      this.#count(flow, 'paddingOnly');
    }
  }

  #silenceOf(sender: VoiceSession, { silenceAfter }: Forwarding): SilenceMaker {
    let maker = this.#silence.get(sender);
    if (maker === undefined) {
      const { scheduler, timers } = this.parts;
      const add = (): boolean => this.#silence.get(sender) === maker && this.#addSilence(sender);
      maker = new SilenceMaker(silenceAfter, scheduler, timers, add);
      this.#silence.set(sender, maker);
    }
    return maker;
  }

  /** One frame of silence to all who heard the sender. False when the sender is gone. */
  #addSilence(sender: VoiceSession): boolean {
    if (sender.ended || sender.call === undefined) return false;
    for (const receiver of sender.call.members) {
      const flow = this.flow(sender, receiver);
      if (flow?.timestamp === undefined || !isReady(receiver)) continue;
      const sequence = flow.numbering.insert() ?? flow.sequence;
      const packet = this.#scratch.subarray(0, RTP_HEADER_BYTES + SILENCE_FRAME.length);
      writeRtpHeader(packet, sequence, uint32Add(flow.timestamp, SAMPLES_PER_FRAME), sender.ssrc, false);
      packet.set(SILENCE_FRAME, RTP_HEADER_BYTES);
      if (!this.#send(seal(packet, receiver), receiver)) continue;
      flow.sent(packet, SILENCE_FRAME.length, this.parts.now());
      this.#count(flow, 'silence');
    }
    return true;
  }

  /** False while a fault has silenced the receiver, or taken the port away. */
  #send(datagram: Uint8Array, { userId, target, region }: VoiceSession): boolean {
    return target !== undefined && !this.parts.faults.silent.media.has(userId) && region.udp.send(datagram, target);
  }

  #open(sender: VoiceSession, receiver: VoiceSession): Flow {
    let flows = this.#flows.get(receiver);
    if (flows === undefined) this.#flows.set(receiver, (flows = new WeakMap()));
    let flow = flows.get(sender);
    if (flow === undefined) {
      const name = `${sender.guildId}/${sender.userId}/${receiver.userId}`;
      flows.set(sender, (flow = new Flow(this.accounting.flow(receiver.userId, sender.userId), name)));
    }
    return flow;
  }

  #count({ counters }: Flow, name: keyof MutableFlowCounters, by = 1): void {
    counters[name] += by;
    this.parts.counters[name] += by;
  }
}

/** Whether it can be sent audio: it has a key, and an address. */
function isReady({ seal, target }: VoiceSession): boolean {
  return seal !== undefined && target !== undefined;
}

function hasHead(packet: Uint8Array, { rtpSize }: VoiceSession): boolean {
  return clearBytes(packet[0]!, rtpSize) <= packet.length;
}

function seal(packet: Uint8Array, receiver: VoiceSession): Uint8Array {
  const clear = clearBytes(packet[0]!, receiver.rtpSize);
  return receiver.seal!.seal(packet.subarray(0, clear), packet.subarray(clear));
}

/** An end-to-end encrypted frame ends in FA FA; to a client without DAVE it would be noise. */
function isDaveFrame(packet: Uint8Array): boolean {
  return packet.at(-1) === 0xfa && packet.at(-2) === 0xfa;
}
