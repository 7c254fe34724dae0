/**
 * RTCP (RFC 3550 section 6): reports about RTP streams, several in one datagram. On a voice connection the first 8 bytes are clear and authenticated;
 * the rest is encrypted like RTP.
 *
 * ```
 *   0                   1                   2                   3
 *   0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *  +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *  |V=2|P|  count  |  packet type  |  length in words, less one    |
 *  +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *  |                  SSRC of who sends it                         |
 *  +=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+
 * ```
 */
import { SAMPLES_PER_MS } from './silence.js';

/** The clear bytes of an RTCP datagram: header and sender. */
export const RTCP_CLEAR_BYTES = 8;

/** How one participant receives the stream `ssrc`. RFC 3550 section 6.4.1. */
export interface ReceptionReport {
  /** The SSRC of the stream that is reported on. */
  readonly ssrc: number;
  /** The share of packets lost since the previous report, 0 to 1. */
  readonly fractionLost: number;
  /** Packets lost since the beginning; below 0 if more arrived twice than were lost. */
  readonly lost: number;
  /** The highest RTP sequence received, and in the upper 16 bits how often it wrapped. */
  readonly highestSequence: number;
  /** Interarrival jitter, in ms. */
  readonly jitter: number;
  /** The middle 32 bits of the NTP time of the last sender report received; null for none. */
  readonly lastSenderReport: number | null;
  /** The time from that sender report to this report, in ms; null for none. */
  readonly delay: number | null;
}

/**
 * One packet of RTCP.
 *
 * - `sender-report`: `rtpTimestamp` is the instant `ntpTime` (ms since 1970; null from a sender without a clock) on the RTP clock;
 *   `packets` and `octets` (of payload) were sent since the beginning
 * - `receiver-report`: from a participant that only receives
 * - `source-description`: texts by item number: 1 is CNAME, the others are in RFC 3550 section 12.2
 * - `bye`: these sources are gone. Only a hint: opcode 13 says who has left
 * - `other`: feedback and application packets, unparsed, without their header of 4 bytes
 */
export type RtcpPacket =
  | {
      readonly type: 'sender-report';
      readonly ssrc: number;
      readonly ntpTime: number | null;
      readonly rtpTimestamp: number;
      readonly packets: number;
      readonly octets: number;
      readonly reports: readonly ReceptionReport[];
    }
  | { readonly type: 'receiver-report'; readonly ssrc: number; readonly reports: readonly ReceptionReport[] }
  | { readonly type: 'source-description'; readonly chunks: readonly SourceDescription[] }
  | { readonly type: 'bye'; readonly ssrcs: readonly number[]; readonly reason: string | null }
  | { readonly type: 'other'; readonly packetType: number; readonly count: number; readonly payload: Uint8Array };

/** What a source says about itself. RFC 3550 section 6.5. */
export interface SourceDescription {
  readonly ssrc: number;
  readonly items: readonly { readonly item: number; readonly text: string }[];
}

const HEADER_BYTES = 4;
const REPORT_BYTES = 24;
/** NTP counts seconds from 1900. */
const SECONDS_1900_TO_1970 = 2_208_988_800;
/** Seconds below this count from the 7th of February 2036, when the 32 bits wrap. RFC 4330 section 3. */
const ERA_1 = 0x80000000;
const UTF8 = new TextDecoder();

/**
 * The packets of a compound: the clear bytes and the plaintext behind them. Undefined if any part is malformed: then no part can be trusted (RFC 3550
 * appendix A.2). Never throws.
 */
export function parseRtcp(compound: Uint8Array): readonly RtcpPacket[] | undefined {
  const view = new DataView(compound.buffer, compound.byteOffset, compound.byteLength);
  const packets: RtcpPacket[] = [];
  let at = 0;
  while (at < compound.length) {
    if (compound.length - at < HEADER_BYTES || compound[at]! >> 6 !== 2) return undefined;
    const next = at + (view.getUint16(at + 2) + 1) * 4;
    if (next > compound.length) return undefined;
    const end = (compound[at]! & 0x20) === 0 ? next : next - paddingBytes(compound, next);
    // Only the last packet of a compound may be padded, with whole words.
    if (end !== next && (next !== compound.length || (next - end) % 4 !== 0 || end < at + HEADER_BYTES)) return undefined;
    const packet = readPacket(new DataView(compound.buffer, compound.byteOffset + at, end - at));
    if (packet === undefined) return undefined;
    packets.push(packet);
    at = next;
  }
  return packets.length === 0 ? undefined : packets;
}

/** The padding count of a packet. A count of 0 is invalid, and becomes one word more than can fit, so that the packet is refused. */
function paddingBytes(compound: Uint8Array, end: number): number {
  return compound[end - 1] || end + HEADER_BYTES;
}

function readPacket(view: DataView): RtcpPacket | undefined {
  const count = view.getUint8(0) & 0x1f;
  switch (view.getUint8(1)) {
    case 200:
      return view.byteLength < 28 + count * REPORT_BYTES ? undefined : senderReport(view, count);
    case 201:
      if (view.byteLength < 8 + count * REPORT_BYTES) return undefined;
      return { type: 'receiver-report', ssrc: view.getUint32(4), reports: readReports(view, 8, count) };
    case 202:
      return readDescriptions(view, count);
    case 203:
      return readBye(view, count);
    default:
      return { type: 'other', packetType: view.getUint8(1), count, payload: bytes(view, HEADER_BYTES, view.byteLength).slice() };
  }
}

function senderReport(view: DataView, count: number): RtcpPacket {
  return {
    type: 'sender-report',
    ssrc: view.getUint32(4),
    ntpTime: ntpToMs(view.getUint32(8), view.getUint32(12)),
    rtpTimestamp: view.getUint32(16),
    packets: view.getUint32(20),
    octets: view.getUint32(24),
    reports: readReports(view, 28, count),
  };
}

function readReports(view: DataView, from: number, count: number): readonly ReceptionReport[] {
  return Array.from({ length: count }, (_, i) => {
    const at = from + i * REPORT_BYTES;
    const lastSenderReport = view.getUint32(at + 16);
    return {
      ssrc: view.getUint32(at),
      fractionLost: view.getUint8(at + 4) / 256,
      lost: (view.getInt32(at + 4) << 8) >> 8,
      highestSequence: view.getUint32(at + 8),
      jitter: view.getUint32(at + 12) / SAMPLES_PER_MS,
      lastSenderReport: lastSenderReport === 0 ? null : lastSenderReport,
      delay: lastSenderReport === 0 ? null : (view.getUint32(at + 20) / 65_536) * 1_000,
    };
  });
}

function readDescriptions(view: DataView, count: number): RtcpPacket | undefined {
  const chunks: SourceDescription[] = [];
  let at = HEADER_BYTES;
  for (let i = 0; i < count; i += 1) {
    if (at + 4 > view.byteLength) return undefined;
    const ssrc = view.getUint32(at);
    const items: { readonly item: number; readonly text: string }[] = [];
    at += 4;
    for (;;) {
      // The list ends with item 0, and the chunk at the next word.
      if (at >= view.byteLength) return undefined;
      const item = view.getUint8(at);
      if (item === 0) break;
      const end = at + 1 < view.byteLength ? at + 2 + view.getUint8(at + 1) : Infinity;
      if (end > view.byteLength) return undefined;
      items.push({ item, text: UTF8.decode(bytes(view, at + 2, end)) });
      at = end;
    }
    at = (at + 4) & ~3;
    chunks.push({ ssrc, items });
  }
  return at > view.byteLength ? undefined : { type: 'source-description', chunks };
}

function readBye(view: DataView, count: number): RtcpPacket | undefined {
  const at = HEADER_BYTES + count * 4;
  if (at > view.byteLength) return undefined;
  const ssrcs = Array.from({ length: count }, (_, i) => view.getUint32(HEADER_BYTES + i * 4));
  if (at === view.byteLength) return { type: 'bye', ssrcs, reason: null };
  const end = at + 1 + view.getUint8(at);
  return end > view.byteLength ? undefined : { type: 'bye', ssrcs, reason: UTF8.decode(bytes(view, at + 1, end)) };
}

function ntpToMs(seconds: number, fraction: number): number | null {
  if (seconds === 0 && fraction === 0) return null;
  const era = seconds < ERA_1 ? 0x1_0000_0000 : 0;
  return (seconds + era - SECONDS_1900_TO_1970) * 1_000 + (fraction / 0x1_0000_0000) * 1_000;
}

function bytes(view: DataView, from: number, to: number): Uint8Array {
  return new Uint8Array(view.buffer, view.byteOffset + from, to - from);
}
