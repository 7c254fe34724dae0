/** RTCP from clients: their sender reports, which the server's own reports answer. Any other content is tolerated. */
import type { RemoteInfo } from 'node:dgram';
import { parseRtcp, RTCP_CLEAR_BYTES, type RtcpPacket } from '../../protocol/rtcp.js';
import type { MutableCounters } from '../counters.js';
import type { FaultState } from '../faults/state.js';
import type { SessionRegistry } from '../sessions/registry.js';
import type { VoiceSession } from '../sessions/voice-session.js';
import { isAt } from './discovery.js';
import type { Rejections } from './rejections.js';
import type { Reporter } from './reporter.js';
import type { UdpSocket } from './udp-socket.js';

/** What the reports use. */
export interface InboundReportParts {
  readonly registry: SessionRegistry;
  readonly faults: FaultState;
  readonly counters: MutableCounters;
  readonly rejections: Rejections;
  readonly reporter: Reporter;
}

/** Called once for each RTCP datagram. One that cannot be read is ignored: nobody has seen Discord refuse any. */
export class InboundReports {
  constructor(private readonly parts: InboundReportParts) {}

  take(datagram: Buffer, from: RemoteInfo, udp: UdpSocket): void {
    const { registry, faults, counters, rejections, reporter } = this.parts;
    const session = datagram.length < RTCP_CLEAR_BYTES ? undefined : registry.bySsrc.get(datagram.readUInt32BE(4));
    if (session !== undefined && faults.silent.media.has(session.userId)) return rejections.unheard();
    const here = session !== undefined && session.region.udp === udp && isAt(session.source, from);
    const packets = here ? opened(datagram, session) : undefined;
    if (session === undefined || packets === undefined) {
      counters.ignored++;
      return;
    }
    counters.clientReports++;
    for (const packet of packets)
      if (packet.type === 'sender-report' && packet.ssrc === session.ssrc) reporter.senderReport(session, packet.ntpTime);
  }
}

/** Only for rtpsize modes: it is not known how the other modes encrypt RTCP. */
function opened(datagram: Buffer, { seal, rtpSize }: VoiceSession): readonly RtcpPacket[] | undefined {
  const body = rtpSize ? seal?.open(datagram, RTCP_CLEAR_BYTES) : undefined;
  return body === undefined ? undefined : parseRtcp(Buffer.concat([datagram.subarray(0, RTCP_CLEAR_BYTES), body]));
}
