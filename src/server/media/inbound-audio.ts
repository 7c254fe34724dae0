/**
 * Audio from clients: decrypted, published and forwarded. Nothing is created without a receiver: no packet object without a subscriber, no
 * copy without another member.
 */
import { Subscription, type Subject } from 'rxjs';
import { deadline } from '../../deadline.js';
import { parseRtpHeader, rtpPayload } from '../../protocol/rtp.js';
import type { MutableCounters } from '../counters.js';
import type { FaultState } from '../faults/state.js';
import type { ServerSettings } from '../options.js';
import { REFUSALS } from '../rules/refusals.js';
import type { SessionRegistry } from '../sessions/registry.js';
import type { VoiceSession } from '../sessions/voice-session.js';
import { runIn } from '../timers.js';
import type { ServerPacket } from '../traffic/packet.js';
import { fateOf, ONCE } from './datagram-fate.js';
import type { Forwarder } from './forwarder.js';
import { asSent } from './plain-packets.js';
import type { Rejections } from './rejections.js';
import type { Reporter } from './reporter.js';
import { clearBytes, readSequence } from './rtp-fields.js';
import type { Scrutiny } from './scrutiny.js';

const MAX_DATAGRAM = 65_536;
const EMPTY = new Uint8Array(0);

/** What the audio passes through. */
export interface InboundAudioParts {
  readonly settings: ServerSettings;
  readonly registry: SessionRegistry;
  readonly faults: FaultState;
  readonly counters: MutableCounters;
  readonly rejections: Rejections;
  readonly scrutiny: Scrutiny;
  readonly forwarder: Forwarder;
  readonly reporter: Reporter;
  /** Emits every packet. */
  readonly packets: Subject<ServerPacket>;
  /** Holds the timers of delayed datagrams. */
  readonly timers: Subscription;
}

/** Takes each datagram that belongs to a known session and comes from its known address. */
export class InboundAudio {
  // A seal's plaintext is valid only until its next call, and each packet is encrypted several times, once for each receiver.
  readonly #scratch = new Uint8Array(MAX_DATAGRAM);

  constructor(private readonly parts: InboundAudioParts) {}

  /** Takes a datagram: once, unless a fault drops, delays or doubles it. */
  take(datagram: Buffer, session: VoiceSession): void {
    const { faults, counters, settings, timers } = this.parts;
    const copies = fateOf(faults.rule, datagram, session, null);
    if (copies === ONCE) return this.#open(datagram, session, true);
    if (copies.length === 0) counters.inboundDropped++;
    else counters.inboundDoubled += copies.length - 1;
    // Only the first copy is the client's; the others are made by a fault.
    copies.forEach((ms, copy) => runIn(ms, settings.scheduler, timers, () => this.#open(datagram, session, copy === 0)));
  }

  #open(datagram: Buffer, session: VoiceSession, own: boolean): void {
    const { counters, faults, rejections, scrutiny, forwarder, reporter, packets } = this.parts;
    const { seal } = session;
    if (session.ended) return;
    if (seal === undefined) return rejections.reject('too-early', session.ssrc, session);
    const clear = clearBytes(datagram[0]!, session.rtpSize);
    const plain = seal.open(datagram, clear);
    if (plain === undefined) return rejections.reject('undecryptable', session.ssrc, session);
    const rtp = this.#scratch.subarray(0, clear + plain.length);
    rtp.set(plain, clear);
    rtp.set(datagram.subarray(0, clear));
    if (own && scrutiny.refuses(datagram, rtp, session, seal)) return rejections.reject('refused', session.ssrc, session);
    counters.accepted++;
    if (session.speaking === undefined) this.#awaitSpeaking(session);
    reporter.received(session, readSequence(datagram), datagram.readUInt32BE(4));
    const members = session.call?.members;
    const { observed } = packets;
    if (!observed && (members === undefined || members.size < 2)) return;
    forwarder.forward(asSent(rtp, session.userId, faults), session);
    if (observed) this.#publish(rtp, session);
  }

  #publish(rtp: Uint8Array, session: VoiceSession): void {
    const header = parseRtpHeader(rtp);
    if (header === undefined) return;
    const payload = rtpPayload(rtp.subarray(header.headerBytes), header.extensionBytes, header.padding);
    this.parts.packets.next({
      guildId: session.guildId,
      channelId: session.channelId,
      userId: session.userId,
      ssrc: header.ssrc,
      sequence: header.sequence,
      timestamp: header.timestamp,
      marker: header.marker,
      payload: payload?.slice() ?? EMPTY,
      arrival: this.parts.settings.now(),
    });
  }

  #awaitSpeaking(session: VoiceSession): void {
    if (session.graceTimer !== Subscription.EMPTY) return;
    const { scheduler, speakingGrace } = this.parts.settings;
    session.graceTimer = deadline(speakingGrace, scheduler, () => {
      if (session.speaking === undefined) this.parts.registry.end(session, REFUSALS['audio-before-speaking'].code, 'audio before Speaking');
    });
  }
}
