/** The media side, as datagrams come in: which kind one is, and whose, with a Map lookup by SSRC. */
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
import { Outbound } from './outbound.js';
import { Rejections } from './rejections.js';
import { Reporter } from './reporter.js';
import { Scrutiny } from './scrutiny.js';
import type { UdpSocket } from './udp-socket.js';

/** What the media side works with. */
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
  /** What is to be sent later. */
  readonly #timers = new Subscription();
  readonly #streams: ForwardedStreams;
  readonly #forwarder: Forwarder;
  readonly #reporter: Reporter;
  readonly #rejections: Rejections;
  readonly #discovery: Discovery;
  readonly #audio: InboundAudio;

  constructor(private readonly parts: MediaParts) {
    const { settings, registry, faults, events, suspicions } = parts;
    const { scheduler, now, wallClock } = settings;
    const { counters, packets } = this;
    const timers = this.#timers;
    const streams = (this.#streams = new ForwardedStreams(counters));
    const outbound = new Outbound(faults);
    const forwarder = (this.#forwarder = new Forwarder({ faults, streams, outbound, scheduler, now, timers }));
    const reporter = (this.#reporter = new Reporter({ registry, streams, outbound, counters, scheduler, now, wallClock }));
    const rejections = (this.#rejections = new Rejections(counters, events));
    this.#discovery = new Discovery({ registry, faults, events, counters, rejections });
    const scrutiny = new Scrutiny(suspicions);
    this.#audio = new InboundAudio({
      settings, registry, faults, counters, rejections, scrutiny, forwarder, reporter, packets, timers,
    }); // prettier-ignore
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
    if (datagram.length < RTP_HEADER_BYTES) return this.#discovery.keepalive(datagram, from, udp);
    if (datagram.length === DISCOVERY_BYTES) {
      const ssrc = parseDiscoveryRequest(datagram);
      if (ssrc !== undefined) return this.#discovery.discover(ssrc, from, udp);
    }
    if (isRtcp(datagram)) {
      this.counters.ignored++;
      return;
    }
    if (datagram[0]! >>> 6 !== 2) {
      // JDA sends such between keepalives, while it is idle.
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
