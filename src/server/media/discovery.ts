/** What clients send by UDP besides audio: IP discovery and keepalives. */
import type { RemoteInfo } from 'node:dgram';
import { encodeDiscoveryReply, type DiscoveredAddress } from '../../protocol/discovery.js';
import { answerPing, KEEPALIVE_BYTES } from '../../protocol/keepalive.js';
import type { MutableCounters } from '../counters.js';
import type { EventLog } from '../events.js';
import type { FaultState } from '../faults/state.js';
import type { SessionRegistry } from '../sessions/registry.js';
import type { VoiceSession } from '../sessions/voice-session.js';
import type { Rejections } from './rejections.js';
import type { UdpSocket } from './udp-socket.js';

/** What discovery uses. */
export interface DiscoveryParts {
  readonly registry: SessionRegistry;
  readonly faults: FaultState;
  readonly events: EventLog;
  readonly counters: MutableCounters;
  readonly rejections: Rejections;
}

/** Whether a datagram comes from the address that a session discovered. */
export function isAt(source: DiscoveredAddress | undefined, { address, port }: RemoteInfo): boolean {
  return source !== undefined && source.port === port && source.address === address;
}

/** IP discovery and keepalives. */
export class Discovery {
  constructor(private readonly parts: DiscoveryParts) {}

  /** Whether some session discovered this address. */
  knows(from: RemoteInfo): boolean {
    return this.parts.registry.all.some(({ source }) => isAt(source, from));
  }

  /**
   * A keepalive of any kind: songbird's has 4 bytes, JDA's 9, others' 8. One of eight bytes is sent back unchanged, or a ping with its answer; no
   * client waits for more.
   */
  keepalive(datagram: Buffer, from: RemoteInfo, udp: UdpSocket): void {
    const { faults, registry, counters, rejections } = this.parts;
    const { media } = faults.silent;
    // A keepalive does not say which session it belongs to.
    const isSilent = ({ userId, source }: VoiceSession): boolean => media.has(userId) && isAt(source, from);
    if (media.size > 0 && registry.all.some(isSilent)) return rejections.unheard();
    counters.keepalives++;
    if (datagram.length === KEEPALIVE_BYTES) udp.send(answerPing(datagram) ?? datagram, from);
  }

  /** IP discovery, of a session's SSRC. */
  discover(ssrc: number, { address, port }: RemoteInfo, udp: UdpSocket): void {
    const { faults, events, registry, counters, rejections } = this.parts;
    const session = registry.bySsrc.get(ssrc);
    if (session === undefined) return rejections.reject('unknown-ssrc', ssrc, null);
    if (session.region.udp !== udp) return rejections.reject('foreign-address', ssrc, session);
    if (faults.silent.media.has(session.userId)) return rejections.unheard();
    counters.discoveries++;
    if (session.link?.refusedAt('discovery') === true) return;
    session.source = { address, port };
    // A discovery after the handshake means that the client's address has changed.
    if (session.target !== undefined) session.target = session.source;
    const answered = faults.discoveryLosses === 0;
    events.emit({ type: 'discovery', userId: session.userId, guildId: session.guildId, ssrc, address, port, answered });
    if (answered) udp.send(encodeDiscoveryReply(ssrc, { address, port }), { address, port });
    else faults.discoveryLosses--;
  }
}
