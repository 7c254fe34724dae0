/** RTCP as Discord's servers send it: reports about the streams they forward, and about those they receive. */
import { Subscription, type SchedulerLike } from 'rxjs';
import { writeRtcp } from '../../protocol/rtcp-writer.js';
import { RTCP_CLEAR_BYTES, type RtcpPacket } from '../../protocol/rtcp.js';
import { SAMPLES_PER_MS } from '../../protocol/silence.js';
import type { Snowflake } from '../../types.js';
import { uint32Add } from '../../protocol/wrap.js';
import type { MutableCounters } from '../counters.js';
import type { EventLog } from '../events.js';
import type { SessionRegistry } from '../sessions/registry.js';
import type { VoiceSession } from '../sessions/voice-session.js';
import type { ForwardedStream } from './forwarded-stream.js';
import type { ForwardedStreams } from './forwarded-streams.js';
import { isReady, sealFor, type Outbound } from './outbound.js';
import { ReceptionMeter, type ReceptionAccount } from './reception-meter.js';

/** The server's own SSRC; sessions have larger ones. */
const SERVER_SSRC = 1;
const CNAME = 1;

/** What the reporter uses. */
export interface ReporterParts {
  readonly registry: SessionRegistry;
  readonly streams: ForwardedStreams;
  readonly outbound: Outbound;
  readonly events: EventLog;
  readonly counters: MutableCounters;
  readonly scheduler: SchedulerLike;
  readonly now: () => number;
  /** ms since 1970. */
  readonly wallClock: () => number;
}

/** Sends reports at intervals, or in answer to a client's. */
export class Reporter {
  #timer = Subscription.EMPTY;
  /** ms between two reports; 0: only one in answer to each sender report. */
  #interval = 0;
  readonly #meters = new WeakMap<VoiceSession, ReceptionMeter>();

  constructor(private readonly parts: ReporterParts) {}

  /** Sends reports every `ms` from now on; 0 ends that, and then each sender report of a client is answered at once. */
  every(ms: number): void {
    this.#timer.unsubscribe();
    this.#interval = ms;
    if (!(ms > 0)) return;
    this.#timer = this.parts.scheduler.schedule(() => {
      this.#report();
      this.every(ms);
    }, ms);
  }

  /** An audio packet arrived from a session. */
  received(session: VoiceSession, sequence: number, timestamp: number): void {
    this.#meter(session).packet(sequence, timestamp, this.parts.now());
  }

  /** A session's sender report arrived. */
  senderReport(session: VoiceSession, ntpTime: number | null): void {
    const meter = this.#meter(session);
    meter.senderReport(ntpTime, this.parts.now());
    if (this.#interval === 0 && !meter.empty) this.#answer(session, meter);
  }

  /** How the audio of a user's newest session has arrived. */
  reception(userId: Snowflake): ReceptionAccount | undefined {
    const session = this.parts.registry.all.findLast((one) => one.userId === userId);
    const meter = session === undefined ? undefined : this.#meters.get(session);
    return meter === undefined || meter.empty ? undefined : meter.account;
  }

  #meter(session: VoiceSession): ReceptionMeter {
    let meter = this.#meters.get(session);
    if (meter === undefined) this.#meters.set(session, (meter = new ReceptionMeter(session.ssrc)));
    return meter;
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
      if (meter !== undefined && !meter.empty) this.#answer(session, meter);
    }
  }

  /** Reports to a sender how its packets arrived. */
  #answer(session: VoiceSession, meter: ReceptionMeter): void {
    const report = meter.report(this.parts.now());
    if (!this.#send(session, [{ type: 'receiver-report', ssrc: SERVER_SSRC, reports: [report] }, described(SERVER_SSRC)])) return;
    const { userId, guildId } = session;
    this.parts.events.emit({ type: 'report', userId, guildId, ...meter.account });
  }

  #senderReport(ssrc: number, { packets, octets, sentAt }: ForwardedStream, timestamp: number): RtcpPacket {
    const { now, wallClock } = this.parts;
    // NTP time and RTP timestamp are of this instant: a packet sent now would have that timestamp.
    const rtpTimestamp = uint32Add(timestamp, Math.round((now() - sentAt) * SAMPLES_PER_MS));
    return { type: 'sender-report', ssrc, ntpTime: wallClock(), rtpTimestamp, packets, octets, reports: [] };
  }

  /** Only for rtpsize modes: it is not known how the other modes encrypt RTCP. */
  #send(session: VoiceSession, packets: readonly RtcpPacket[]): boolean {
    if (!isReady(session) || !session.rtpSize) return false;
    const { outbound, counters } = this.parts;
    const sent = outbound.send(sealFor(session, writeRtcp(packets), RTCP_CLEAR_BYTES), session);
    if (sent) counters.reports++;
    return sent;
  }
}

/** The source description has an empty name, as seen on the wire. */
function described(ssrc: number): RtcpPacket {
  return { type: 'source-description', chunks: [{ ssrc, items: [{ item: CNAME, text: '' }] }] };
}
