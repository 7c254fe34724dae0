/**
 * The media side: discovery, keepalives, and the forwarding of audio, which is one function per datagram with a Map lookup by
 * SSRC. Nothing is built for those who do not listen: no packet without a subscriber, no copy without another member.
 */
import { Subject, Subscription } from 'rxjs';
import type { RemoteInfo } from 'node:dgram';
import { CloseCode } from '../protocol/close-codes.js';
import { DISCOVERY_BYTES, encodeDiscoveryReply, parseDiscoveryRequest } from '../protocol/discovery.js';
import { KEEPALIVE_BYTES } from '../protocol/keepalive.js';
import { isRtcp, OPUS_PAYLOAD_TYPE, parseRtpHeader, RTP_HEADER_BYTES, rtpPayload } from '../protocol/rtp.js';
import { zeroCounters, type DatagramFault, type EventLog, type MutableCounters, type ServerPacket } from './events.js';
import { applyFate } from './datagram-fate.js';
import type { FaultState } from './fault-state.js';
import type { ServerSettings } from './options.js';
import type { SessionRegistry } from './session-registry.js';
import type { UdpSocket } from './udp-socket.js';
import type { VoiceSession } from './voice-session.js';

/** The official client's ping, `13 37 CA FE ‖ seq u32`, and its answer, `13 37 F0 0D ‖ seq u32`. */
const PING = 0x1337cafe;
const PONG = 0x1337f00d;
const MAX_DATAGRAM = 65_536;
const EMPTY = new Uint8Array(0);

/** What the media side works with. */
export interface MediaParts {
  readonly settings: ServerSettings;
  readonly registry: SessionRegistry;
  readonly faults: FaultState;
  readonly events: EventLog;
}

/** The server's UDP side, from the bound socket until {@link MediaPort.close}. */
export class MediaPort {
  readonly counters: MutableCounters = zeroCounters();
  readonly packets = new Subject<ServerPacket>();
  /** Datagrams that a fault delays. */
  readonly #delayed = new Subscription();
  // A seal's plaintext lives only until the next call, and one packet is sealed several times over.
  readonly #scratch = new Uint8Array(MAX_DATAGRAM);

  constructor(
    private readonly udp: UdpSocket,
    private readonly parts: MediaParts,
  ) {
    udp.listen((datagram, from) => this.#onDatagram(datagram, from));
  }

  /** Resolves when the socket is closed; what a fault delays is dropped. */
  async close(): Promise<void> {
    this.#delayed.unsubscribe();
    this.packets.complete();
    await this.udp.close();
  }

  #onDatagram(datagram: Buffer, from: RemoteInfo): void {
    if (datagram.length === KEEPALIVE_BYTES) return this.#echo(datagram, from);
    if (datagram.length === DISCOVERY_BYTES) {
      const ssrc = parseDiscoveryRequest(datagram);
      if (ssrc !== undefined) return this.#discover(ssrc, from);
    }
    if (isRtcp(datagram)) {
      this.counters.ignored++;
      return;
    }
    if (datagram.length < RTP_HEADER_BYTES || datagram[0]! >>> 6 !== 2) return this.#reject('malformed', null, null);
    if ((datagram[1]! & 0x7f) !== OPUS_PAYLOAD_TYPE) {
      this.counters.ignored++;
      return;
    }
    const ssrc = datagram.readUInt32BE(8);
    const session = this.parts.registry.bySsrc.get(ssrc);
    if (session === undefined) return this.#reject('unknown-ssrc', ssrc, null);
    const { source } = session;
    if (source === undefined || source.port !== from.port || source.address !== from.address)
      return this.#reject('foreign-address', ssrc, session);
    if (this.parts.faults.rule === undefined) this.#onAudio(datagram, session);
    else this.#fate(datagram, session, null, () => this.#onAudio(datagram, session));
  }

  #echo(datagram: Buffer, from: RemoteInfo): void {
    this.counters.keepalives++;
    if (datagram.readUInt32BE(0) === PING) datagram.writeUInt32BE(PONG, 0);
    this.udp.send(datagram, from);
  }

  #discover(ssrc: number, { address, port }: RemoteInfo): void {
    const session = this.parts.registry.bySsrc.get(ssrc);
    if (session === undefined) return this.#reject('unknown-ssrc', ssrc, null);
    const { faults, events } = this.parts;
    this.counters.discoveries++;
    session.source = { address, port };
    // A discovery after the handshake: the client's address has changed.
    if (session.target !== undefined) session.target = session.source;
    const answered = faults.discoveryLosses === 0;
    events.emit({ type: 'discovery', userId: session.userId, guildId: session.guildId, ssrc, address, port, answered });
    if (answered) this.udp.send(encodeDiscoveryReply(ssrc, { address, port }), { address, port });
    else faults.discoveryLosses--;
  }

  #onAudio(datagram: Buffer, session: VoiceSession): void {
    const { seal } = session;
    if (session.ended) return;
    if (seal === undefined) return this.#reject('too-early', session.ssrc, session);
    const clear = session.rtpSize ? rtpSizeHeaderBytes(datagram[0]!) : RTP_HEADER_BYTES;
    const plain = seal.open(datagram, clear);
    if (plain === undefined) return this.#reject('undecryptable', session.ssrc, session);
    this.counters.accepted++;
    if (!session.spoke) this.#awaitSpeaking(session);
    const members = session.call?.members;
    const { observed } = this.packets;
    if (!observed && (members === undefined || members.size < 2)) return;
    const rtp = this.#scratch.subarray(0, clear + plain.length);
    rtp.set(plain, clear);
    rtp.set(datagram.subarray(0, clear));
    if (members !== undefined) {
      for (const member of members) if (member !== session) this.#forward(rtp, session, member);
    }
    if (observed) this.#publish(rtp, session);
  }

  /** `rtp` is the packet as it was before its sender sealed it; each receiver gets it under its own key, mode and counter. */
  #forward(rtp: Uint8Array, sender: VoiceSession, receiver: VoiceSession): void {
    const { seal, target } = receiver;
    const clear = receiver.rtpSize ? rtpSizeHeaderBytes(rtp[0]!) : RTP_HEADER_BYTES;
    if (seal === undefined || target === undefined || clear > rtp.length) return;
    if (receiver.maxDaveVersion === 0 && isDaveFrame(rtp)) return;
    const datagram = seal.seal(rtp.subarray(0, clear), rtp.subarray(clear));
    const send = (): void => {
      this.counters.forwarded++;
      this.udp.send(datagram, target);
    };
    if (this.parts.faults.rule === undefined) send();
    else this.#fate(datagram, sender, receiver, send);
  }

  #publish(rtp: Uint8Array, session: VoiceSession): void {
    const header = parseRtpHeader(rtp);
    if (header === undefined) return;
    const payload = rtpPayload(rtp.subarray(header.headerBytes), header.extensionBytes, header.padding);
    this.packets.next({
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
    session.graceTimer = scheduler.schedule(() => {
      if (!session.spoke) this.parts.registry.end(session, CloseCode.BadRequest, 'audio before Speaking');
    }, speakingGrace);
  }

  #fate(datagram: Buffer | Uint8Array, sender: VoiceSession, receiver: VoiceSession | null, deliver: () => void): void {
    const { faults, settings } = this.parts;
    applyFate(faults, settings.scheduler, this.#delayed, datagram, sender, receiver, deliver);
  }

  #reject(reason: DatagramFault, ssrc: number | null, session: VoiceSession | null): void {
    this.counters[COUNTER_OF[reason]]++;
    if (!this.parts.events.observed) return;
    const about = { userId: session?.userId ?? null, guildId: session?.guildId ?? null };
    this.parts.events.emit({ type: 'bad-datagram', ...about, reason, ssrc });
  }
}

/** An end-to-end encrypted frame ends in FA FA; to a client without DAVE it would be noise. */
function isDaveFrame(rtp: Uint8Array): boolean {
  return rtp.at(-1) === 0xfa && rtp.at(-2) === 0xfa;
}

const COUNTER_OF = {
  malformed: 'malformed',
  'unknown-ssrc': 'unknownSsrc',
  'foreign-address': 'foreign',
  'too-early': 'early',
  undecryptable: 'undecryptable',
} as const satisfies Record<DatagramFault, keyof MutableCounters>;

/** Fixed header, CSRC list and extension preamble, from an RTP packet's first byte. RFC 3550 section 5.1. */
function rtpSizeHeaderBytes(first: number): number {
  return RTP_HEADER_BYTES + (first & 0x0f) * 4 + ((first & 0x10) === 0 ? 0 : 4);
}
