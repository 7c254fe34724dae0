/**
 * The media side, as datagrams come in: discovery, keepalives, and audio, which is one function per datagram with a Map lookup by
 * SSRC. Nothing is built for those who do not listen: no packet without a subscriber, no copy without another member.
 */
import { Subject, Subscription } from 'rxjs';
import type { RemoteInfo } from 'node:dgram';
import { CloseCode } from '../../protocol/close-codes.js';
import {
  DISCOVERY_BYTES,
  encodeDiscoveryReply,
  parseDiscoveryRequest,
  type DiscoveredAddress,
} from '../../protocol/discovery.js';
import { answerPing, KEEPALIVE_BYTES } from '../../protocol/keepalive.js';
import { isRtcp, OPUS_PAYLOAD_TYPE, parseRtpHeader, RTP_HEADER_BYTES, rtpPayload } from '../../protocol/rtp.js';
import type { Snowflake } from '../../types.js';
import { zeroCounters, type MutableCounters, type FlowCounters } from '../counters.js';
import type { DatagramFault, EventLog } from '../events.js';
import type { FaultState } from '../faults/state.js';
import type { ServerSettings } from '../options.js';
import type { SessionRegistry } from '../sessions/registry.js';
import type { VoiceSession } from '../sessions/voice-session.js';
import { runIn } from '../timers.js';
import { resolveForwarding, type ForwardingOptions } from '../traffic/forwarding.js';
import type { ServerPacket } from '../traffic/packet.js';
import { fateOf, ONCE } from './datagram-fate.js';
import { ForwardedStreams } from './forwarded-streams.js';
import { Forwarder } from './forwarder.js';
import { Outbound } from './outbound.js';
import { Reporter } from './reporter.js';
import { clearBytes, readSequence } from './rtp-fields.js';
import type { UdpSocket } from './udp-socket.js';

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
  /** What is to be sent later. */
  readonly #timers = new Subscription();
  readonly #streams: ForwardedStreams;
  readonly #forwarder: Forwarder;
  readonly #reporter: Reporter;
  // A seal's plaintext lives only until the next call, and one packet is sealed several times over.
  readonly #scratch = new Uint8Array(MAX_DATAGRAM);

  constructor(private readonly parts: MediaParts) {
    const { settings, registry, faults } = parts;
    const { scheduler, now, wallClock } = settings;
    const { counters } = this;
    this.#streams = new ForwardedStreams(counters);
    const outbound = new Outbound(faults);
    this.#forwarder = new Forwarder({ faults, streams: this.#streams, outbound, scheduler, now, timers: this.#timers });
    this.#reporter = new Reporter({ registry, streams: this.#streams, outbound, counters, scheduler, now, wallClock });
    this.setForwarding(settings.forwarding);
  }

  /** What became of each sender's audio on its way to a receiver. */
  accounting(receiverId: Snowflake): ReadonlyMap<Snowflake, FlowCounters> {
    return this.#streams.accounting.of(receiverId);
  }

  /** How audio goes out from now on; null: byte for byte. @throws RangeError for an option out of range */
  setForwarding(options: ForwardingOptions | null): void {
    this.#forwarder.options = options === null ? undefined : resolveForwarding(options);
    this.#reporter.every(options?.reportInterval ?? 0);
  }

  /** Takes what comes on a socket, one of several. */
  serve(udp: UdpSocket): void {
    udp.listen((datagram, from) => this.#onDatagram(datagram, from, udp));
  }

  /** No packet comes after this; what a fault delays is dropped. */
  close(): void {
    this.#reporter.every(0);
    this.#timers.unsubscribe();
    this.packets.complete();
  }

  #onDatagram(datagram: Buffer, from: RemoteInfo, udp: UdpSocket): void {
    if (datagram.length === KEEPALIVE_BYTES) return this.#echo(datagram, from, udp);
    if (datagram.length === DISCOVERY_BYTES) {
      const ssrc = parseDiscoveryRequest(datagram);
      if (ssrc !== undefined) return this.#discover(ssrc, from, udp);
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
    if (session.region.udp !== udp || !isAt(session.source, from)) return this.#reject('foreign-address', ssrc, session);
    if (this.parts.faults.silent.media.has(session.userId)) return this.#unheard();
    this.#onCopies(datagram, session);
  }

  /** One, unless a fault says otherwise. */
  #onCopies(datagram: Buffer, session: VoiceSession): void {
    const copies = fateOf(this.parts.faults.rule, datagram, session, null);
    if (copies === ONCE) return this.#onAudio(datagram, session);
    if (copies.length === 0) this.counters.inboundDropped++;
    else this.counters.inboundDoubled += copies.length - 1;
    for (const ms of copies) runIn(ms, this.parts.settings.scheduler, this.#timers, () => this.#onAudio(datagram, session));
  }

  #echo(datagram: Buffer, from: RemoteInfo, udp: UdpSocket): void {
    const { faults, registry } = this.parts;
    const { media } = faults.silent;
    // A keepalive does not say whose it is.
    const isSilent = ({ userId, source }: VoiceSession): boolean => media.has(userId) && isAt(source, from);
    if (media.size > 0 && registry.all.some(isSilent)) return this.#unheard();
    this.counters.keepalives++;
    udp.send(answerPing(datagram) ?? datagram, from);
  }

  #discover(ssrc: number, { address, port }: RemoteInfo, udp: UdpSocket): void {
    const { faults, events, registry } = this.parts;
    const session = registry.bySsrc.get(ssrc);
    if (session === undefined) return this.#reject('unknown-ssrc', ssrc, null);
    if (session.region.udp !== udp) return this.#reject('foreign-address', ssrc, session);
    if (faults.silent.media.has(session.userId)) return this.#unheard();
    this.counters.discoveries++;
    if (session.link?.refusedAt('discovery') === true) return;
    session.source = { address, port };
    // A discovery after the handshake: the client's address has changed.
    if (session.target !== undefined) session.target = session.source;
    const answered = faults.discoveryLosses === 0;
    events.emit({ type: 'discovery', userId: session.userId, guildId: session.guildId, ssrc, address, port, answered });
    if (answered) udp.send(encodeDiscoveryReply(ssrc, { address, port }), { address, port });
    else faults.discoveryLosses--;
  }

  #onAudio(datagram: Buffer, session: VoiceSession): void {
    const { seal } = session;
    if (session.ended) return;
    if (seal === undefined) return this.#reject('too-early', session.ssrc, session);
    const clear = clearBytes(datagram[0]!, session.rtpSize);
    const plain = seal.open(datagram, clear);
    if (plain === undefined) return this.#reject('undecryptable', session.ssrc, session);
    this.counters.accepted++;
    if (!session.spoke) this.#awaitSpeaking(session);
    if (this.#forwarder.options !== undefined) this.#reporter.received(session, readSequence(datagram), datagram.readUInt32BE(4));
    const members = session.call?.members;
    const { observed } = this.packets;
    if (!observed && (members === undefined || members.size < 2)) return;
    const rtp = this.#scratch.subarray(0, clear + plain.length);
    rtp.set(plain, clear);
    rtp.set(datagram.subarray(0, clear));
    this.#forwarder.forward(rtp, session);
    if (observed) this.#publish(rtp, session);
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

  /** A fault has silenced the user. */
  #unheard(): void {
    this.counters.unheard++;
  }

  #reject(reason: DatagramFault, ssrc: number | null, session: VoiceSession | null): void {
    this.counters[COUNTER_OF[reason]]++;
    if (!this.parts.events.observed) return;
    const about = { userId: session?.userId ?? null, guildId: session?.guildId ?? null };
    this.parts.events.emit({ type: 'bad-datagram', ...about, reason, ssrc });
  }
}

function isAt(source: DiscoveredAddress | undefined, { address, port }: RemoteInfo): boolean {
  return source !== undefined && source.port === port && source.address === address;
}

const COUNTER_OF = {
  malformed: 'malformed',
  'unknown-ssrc': 'unknownSsrc',
  'foreign-address': 'foreign',
  'too-early': 'early',
  undecryptable: 'undecryptable',
} as const satisfies Record<DatagramFault, keyof MutableCounters>;
