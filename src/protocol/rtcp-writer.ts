/** Writes RTCP from the values that `rtcp.ts` reads. RFC 3550 section 6. */
import type { ReceptionReport, RtcpPacket, SourceDescription } from './rtcp.js';
import { SAMPLES_PER_MS } from './silence.js';

const SENDER_REPORT = 200;
const RECEIVER_REPORT = 201;
const SOURCE_DESCRIPTION = 202;
const BYE = 203;
/** Reports, chunks and sources are counted in five bits, the bytes of a text in eight. */
const MOST = 31;
const LONGEST_TEXT = 255;
/** NTP counts seconds from 1900. */
const SECONDS_1900_TO_1970 = 2_208_988_800;
const UTF8 = new TextEncoder();

/**
 * Writes a compound of packets; its first 8 bytes are those that stay clear. Numbers are clamped to their fields: a share lost below 0 becomes 0, one
 * of 1 becomes 255/256, and packets lost are limited to 24 bits.
 * @throws RangeError for more than 31 reports, chunks or sources in a packet, and for a text of more than 255 bytes
 */
export function writeRtcp(packets: readonly RtcpPacket[]): Uint8Array {
  const written = packets.map(writePacket);
  const compound = new Uint8Array(written.reduce((bytes, packet) => bytes + packet.length, 0));
  let at = 0;
  for (const packet of written) {
    compound.set(packet, at);
    at += packet.length;
  }
  return compound;
}

function writePacket(packet: RtcpPacket): Uint8Array {
  switch (packet.type) {
    case 'sender-report': {
      const { ssrc, ntpTime, rtpTimestamp, packets, octets, reports } = packet;
      const [seconds, fraction] = ntpTime === null ? [0, 0] : msToNtp(ntpTime);
      const sender = [ssrc, seconds, fraction, rtpTimestamp, packets, octets];
      return words(SENDER_REPORT, reports.length, [...sender, ...reports.flatMap(reportWords)]);
    }
    case 'receiver-report':
      return words(RECEIVER_REPORT, packet.reports.length, [packet.ssrc, ...packet.reports.flatMap(reportWords)]);
    case 'source-description':
      return bytes(SOURCE_DESCRIPTION, packet.chunks.length, packet.chunks.flatMap(chunkBytes));
    case 'bye': {
      const reason = packet.reason === null ? [] : text(packet.reason);
      return bytes(BYE, packet.ssrcs.length, [...packet.ssrcs.flatMap(wordBytes), ...reason]);
    }
    case 'other':
      return bytes(packet.packetType, packet.count, packet.payload);
  }
}

/** The middle 32 bits of the NTP time of an instant (ms since 1970): a report identifies the last sender report by them. */
export function middleOfNtp(ms: number): number {
  const [seconds, fraction] = msToNtp(ms);
  return (((seconds & 0xffff) << 16) | (fraction >>> 16)) >>> 0;
}

function msToNtp(ms: number): readonly [number, number] {
  const seconds = Math.floor(ms / 1_000);
  const fraction = Math.round(((ms - seconds * 1_000) / 1_000) * 0x1_0000_0000);
  // A fraction that would round up to a whole second is kept below it.
  return [(seconds + SECONDS_1900_TO_1970) >>> 0, Math.min(fraction, 0xffffffff)];
}

function reportWords(report: ReceptionReport): readonly number[] {
  const { ssrc, fractionLost, lost, highestSequence, jitter, lastSenderReport, delay } = report;
  const share = Math.min(255, Math.max(0, Math.floor(fractionLost * 256)));
  const total = Math.min(0x7fffff, Math.max(-0x800000, lost));
  const losses = (share << 24) | (total & 0xffffff);
  const since = delay === null ? 0 : Math.round((delay / 1_000) * 65_536);
  return [ssrc, losses, highestSequence, Math.round(jitter * SAMPLES_PER_MS), lastSenderReport ?? 0, since];
}

function chunkBytes({ ssrc, items }: SourceDescription): readonly number[] {
  const chunk = [...wordBytes(ssrc), ...items.flatMap(({ item, text: value }) => [item, ...text(value)]), 0];
  while (chunk.length % 4 !== 0) chunk.push(0);
  return chunk;
}

/** The text, after its length in one byte. */
function text(value: string): readonly number[] {
  const encoded = UTF8.encode(value);
  if (encoded.length > LONGEST_TEXT) throw new RangeError(`a text of RTCP has ${LONGEST_TEXT} bytes at most`);
  return [encoded.length, ...encoded];
}

function wordBytes(word: number): readonly number[] {
  return [(word >>> 24) & 0xff, (word >>> 16) & 0xff, (word >>> 8) & 0xff, word & 0xff];
}

function words(type: number, count: number, body: readonly number[]): Uint8Array {
  return bytes(type, count, body.flatMap(wordBytes));
}

/** Header and body; the body is padded to whole words. */
function bytes(type: number, count: number, body: ArrayLike<number>): Uint8Array {
  if (count > MOST) throw new RangeError(`a packet of RTCP counts up to ${MOST}`);
  const length = Math.ceil(body.length / 4);
  const packet = new Uint8Array(4 + length * 4);
  packet.set([0x80 | count, type, length >>> 8, length & 0xff]);
  packet.set(body, 4);
  return packet;
}
