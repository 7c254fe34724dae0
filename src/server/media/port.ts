/** The media side: classifies incoming datagrams, and finds their session by a Map lookup of the SSRC. */
import { Subject, Subscription } from 'rxjs';
import type { RemoteInfo } from 'node:dgram';
import { DISCOVERY_BYTES, parseDiscoveryRequest } from '../../protocol/discovery.js';
import { isRtcp, OPUS_PAYLOAD_TYPE, RTP_HEADER_BYTES } from '../../protocol/rtp.js';
import type { Snowflake } from '../../types.js';
import { zeroCounters, type MutableCounters, type FlowCounters } from '../counters.js';
import type { EventLog } from '../events.js';
import type { FaultState } from '../faults/state.js';
import type { ServerSettings } from '../options.js';
import type { SessionRegistry } from '../sessions/registry.js';
import { resolveForwarding, type ForwardingOptions } from '../traffic/forwarding.js';
import type { Suspicions } from '../suspicions.js';
import type { ServerPacket } from '../traffic/packet.js';
import { Discovery, isAt } from './discovery.js';
import { ForwardedStreams } from './forwarded-streams.js';
import { Forwarder } from './forwarder.js';
import { InboundAudio } from './inbound-audio.js';
import { InboundReports } from './inbound-reports.js';
import { Outbound } from './outbound.js';
import type { ReceptionAccount } from './reception-meter.js';
import { Rejections } from './rejections.js';
import { Reporter } from './reporter.js';
import { Scrutiny } from './scrutiny.js';
import type { UdpSocket } from './udp-socket.js';

/** What the media side uses. */
export interface MediaParts {
  readonly settings: ServerSettings;
  readonly registry: SessionRegistry;
  readonly faults: FaultState;
  readonly events: EventLog;
  readonly suspicions: Suspicions;
}

/** The server's UDP side, from the bound socket until {@link MediaPort.close}. */
export class MediaPort {
  readonly counters: MutableCounters = zeroCounters();
  readonly packets = new Subject<ServerPacket>();
  /** Timers of delayed packets. */
  readonly #timers = new Subscription();
  readonly #streams: ForwardedStreams;
  readonly #forwarder: Forwarder;
  readonly #reporter: Reporter;
  readonly #rejections: Rejections;
  readonly #discovery: Discovery;
  readonly #audio: InboundAudio;
  readonly #reports: InboundReports;

  constructor(private readonly parts: MediaParts) {
    const { settings, registry, faults, events, suspicions } = parts;
    const { scheduler, now, wallClock } = settings;
    const { counters, packets } = this;
    const timers = this.#timers;
    const streams = (this.#streams = new ForwardedStreams(counters));
    const outbound = new Outbound(faults);
    const forwarder = (this.#forwarder = new Forwarder({ faults, streams, outbound, scheduler, now, timers }));
    const reporter = (this.#reporter = new Reporter({ registry, streams, outbound, events, counters, scheduler, now, wallClock }));
    const rejections = (this.#rejections = new Rejections(counters, events));
    this.#discovery = new Discovery({ registry, faults, events, counters, rejections });
    const scrutiny = new Scrutiny(suspicions);
    this.#audio = new InboundAudio({
      settings, registry, faults, counters, rejections, scrutiny, forwarder, reporter, packets, timers,
    }); // prettier-ignore
    this.#reports = new InboundReports({ registry, faults, counters, rejections, reporter });
    this.setForwarding(settings.forwarding);
  }

  /** What happened to each sender's audio to a receiver. */
  accounting(receiverId: Snowflake): ReadonlyMap<Snowflake, FlowCounters> {
    return this.#streams.accounting.of(receiverId);
  }

  /** How the audio of a user has arrived; undefined before its first packet, and after its session. */
  reception(userId: Snowflake): ReceptionAccount | undefined {
    return this.#reporter.reception(userId);
  }

  /** Sets how audio is forwarded from now on; null: byte for byte. @throws RangeError for an option out of range */
  setForwarding(options: ForwardingOptions | null): void {
    this.#forwarder.options = options === null ? undefined : resolveForwarding(options);
    this.#reporter.every(options?.reportInterval ?? 0);
  }

  /** Handles the datagrams of one of several sockets. */
  serve(udp: UdpSocket): void {
    udp.listen((datagram, from) => this.#onDatagram(datagram, from, udp));
  }

  /** Completes the packets; drops those that a fault delays. */
  close(): void {
    this.#reporter.every(0);
    this.#timers.unsubscribe();
    this.packets.complete();
  }

  #onDatagram(datagram: Buffer, from: RemoteInfo, udp: UdpSocket): void {
    if (datagram.length < RTP_HEADER_BYTES) return this.#discovery.keepalive(datagram, from, udp);
    if (datagram.length === DISCOVERY_BYTES) {
      const ssrc = parseDiscoveryRequest(datagram);
      if (ssrc !== undefined) return this.#discovery.discover(ssrc, from, udp);
    }
    if (isRtcp(datagram)) return this.#reports.take(datagram, from, udp);
    if (datagram.length < RTP_HEADER_BYTES || datagram[0]! >>> 6 !== 2) {
      // JDA sends such packets between keepalives, while it is idle.
      if (this.#discovery.knows(from)) return this.#discovery.keepalive(datagram, from, udp);
      return this.#rejections.reject('malformed', null, null);
    }
    if ((datagram[1]! & 0x7f) !== OPUS_PAYLOAD_TYPE) {
      this.counters.ignored++;
      return;
    }
    const ssrc = datagram.readUInt32BE(8);
    const session = this.parts.registry.bySsrc.get(ssrc);
    if (session === undefined) return this.#rejections.reject('unknown-ssrc', ssrc, null);
    if (session.region.udp !== udp || !isAt(session.source, from)) return this.#rejections.reject('foreign-address', ssrc, session);
    if (this.parts.faults.silent.media.has(session.userId)) return this.#rejections.unheard();
    this.#audio.take(datagram, session);
  }
}
