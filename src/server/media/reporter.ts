/** RTCP as Discord's servers send it: reports about the streams they forward, and about those they get. */
import { Subscription, type SchedulerLike } from 'rxjs';
import { writeRtcp } from '../../protocol/rtcp-writer.js';
import { RTCP_CLEAR_BYTES, type RtcpPacket } from '../../protocol/rtcp.js';
import { SAMPLES_PER_MS } from '../../protocol/silence.js';
import { uint32Add } from '../../protocol/wrap.js';
import type { MutableCounters } from '../counters.js';
import type { SessionRegistry } from '../sessions/registry.js';
import type { VoiceSession } from '../sessions/voice-session.js';
import type { ForwardedStream } from './forwarded-stream.js';
import type { ForwardedStreams } from './forwarded-streams.js';
import { isReady, sealFor, type Outbound } from './outbound.js';
import { ReceptionMeter } from './reception-meter.js';

/** The server's own; sessions have larger ones. */
const SERVER_SSRC = 1;
const CNAME = 1;

/** What the reporter works with. */
export interface ReporterParts {
  readonly registry: SessionRegistry;
  readonly streams: ForwardedStreams;
  readonly outbound: Outbound;
  readonly counters: MutableCounters;
  readonly scheduler: SchedulerLike;
  readonly now: () => number;
  /** ms since 1970. */
  readonly wallClock: () => number;
}

/** Reports at intervals. */
export class Reporter {
  #timer = Subscription.EMPTY;
  readonly #meters = new WeakMap<VoiceSession, ReceptionMeter>();

  constructor(private readonly parts: ReporterParts) {}

  /** Every so many ms from now on; 0 ends that. */
  every(ms: number): void {
    this.#timer.unsubscribe();
    if (!(ms > 0)) return;
    this.#timer = this.parts.scheduler.schedule(() => {
      this.#report();
      this.every(ms);
    }, ms);
  }

  /** A packet of audio came from a session. */
  received(session: VoiceSession, sequence: number, timestamp: number): void {
    let meter = this.#meters.get(session);
    if (meter === undefined) this.#meters.set(session, (meter = new ReceptionMeter(session.ssrc)));
    meter.packet(sequence, timestamp, this.parts.now());
  }

  #report(): void {
    for (const session of this.parts.registry.all) {
      for (const sender of session.call?.members ?? []) {
        const stream = this.parts.streams.find(sender, session);
        if (stream?.timestamp === undefined || stream.packets === stream.reported) continue;
        stream.reported = stream.packets;
        this.#send(session, [this.#senderReport(sender.ssrc, stream, stream.timestamp), described(sender.ssrc)]);
      }
      const meter = this.#meters.get(session);
      if (meter === undefined || meter.empty) continue;
      this.#send(session, [{ type: 'receiver-report', ssrc: SERVER_SSRC, reports: [meter.report()] }, described(SERVER_SSRC)]);
    }
  }

  #senderReport(ssrc: number, { packets, octets, sentAt }: ForwardedStream, timestamp: number): RtcpPacket {
    const { now, wallClock } = this.parts;
    // Both are of this instant: the timestamp is what a packet sent now would bear.
    const rtpTimestamp = uint32Add(timestamp, Math.round((now() - sentAt) * SAMPLES_PER_MS));
    return { type: 'sender-report', ssrc, ntpTime: wallClock(), rtpTimestamp, packets, octets, reports: [] };
  }

  /** Nobody knows how the other modes would seal it. */
  #send(session: VoiceSession, packets: readonly RtcpPacket[]): void {
    if (!isReady(session) || !session.rtpSize) return;
    const { outbound, counters } = this.parts;
    if (outbound.send(sealFor(session, writeRtcp(packets), RTCP_CLEAR_BYTES), session)) counters.reports++;
  }
}

/** With an empty name, as seen on the wire. */
function described(ssrc: number): RtcpPacket {
  return { type: 'source-description', chunks: [{ ssrc, items: [{ item: CNAME, text: '' }] }] };
}
