/** How the voice server receives our audio: its reports about our SSRC, with the names of W3C webrtc-stats. */
import { mergeMap, type Observable } from 'rxjs';
import type { ReceptionReport } from '../../protocol/rtcp.js';
import { middleOfNtp } from '../../protocol/rtcp-writer.js';
import type { MediaTraffic, ReceivedRtcp } from '../interceptor.js';

/**
 * How the voice server receives what we send, according to one of its reports. The names are those of W3C webrtc-stats,
 * `RTCRemoteInboundRtpStreamStats`, but times are in ms. Plain data.
 */
export interface OutboundQuality {
  /** When the report arrived, in ms of the session's scheduler. */
  readonly at: number;
  /** The SSRC of our stream that it is about. Each Identify begins a new one, and all counts restart with it. */
  readonly ssrc: number;
  /** Share of packets lost since the previous report, 0 to 1, in steps of 1/256. */
  readonly fractionLost: number;
  /** Packets lost since the SSRC began; below 0 if more were duplicated than lost. */
  readonly packetsLost: number;
  /** Interarrival jitter at the server, in ms: RFC 3550 section A.8. */
  readonly jitter: number;
  /** Round trip on the media path in ms; null if the report does not answer one of our sender reports. */
  readonly roundTripTime: number | null;
}

/** The part of a media session's traffic that the quality is computed from. */
export type ReportedTraffic = Pick<MediaTraffic, 'ssrc' | 'receivedRtcp$'>;

const UNITS_PER_MS = 65_536 / 1_000;

/**
 * Emits a value for each report about our SSRC, wherever it is in the compound. RTCP is decrypted for as long as this is subscribed to.
 * Completes with the media session.
 *
 * ```
 * rtcp    --r--(rs)--x--|      r, s report on us, x on others
 * result  --R--(RS)-----|
 * ```
 */
export function outboundQuality$({ ssrc, receivedRtcp$ }: ReportedTraffic): Observable<OutboundQuality> {
  return receivedRtcp$.pipe(mergeMap(({ packets, at }) => reportsOn(ssrc, packets).map((report) => qualityOf(report, at))));
}

function reportsOn(ssrc: number, packets: ReceivedRtcp['packets']): readonly ReceptionReport[] {
  return packets.flatMap((packet) => ('reports' in packet ? packet.reports : [])).filter((report) => report.ssrc === ssrc);
}

function qualityOf({ ssrc, fractionLost, lost, jitter, lastSenderReport, delay }: ReceptionReport, at: number): OutboundQuality {
  return { at, ssrc, fractionLost, packetsLost: lost, jitter, roundTripTime: roundTrip(lastSenderReport, delay, at) };
}

/**
 * RFC 3550 section 6.4.1: now, minus the sender report's time, minus the receiver's delay. Computed in the middle 32 bits of NTP time, which
 * wrap in 18 hours. If the clock was set back meanwhile, the result is 0.
 */
function roundTrip(lastSenderReport: number | null, delay: number | null, at: number): number | null {
  if (lastSenderReport === null || delay === null) return null;
  const since = (middleOfNtp(at) - lastSenderReport) | 0;
  return Math.max(0, since / UNITS_PER_MS - delay);
}
