/**
 * Reads the framing of an Opus packet: how long it lasts, and whether the framing is valid. Source: RFC 6716 section 3 (packet organisation); the
 * requirements R1 to R7 are those of section 3.4.
 */

/** The maximum size of one Opus frame, in bytes (R2). A packet holds one or more frames. */
export const MAX_OPUS_FRAME_BYTES = 1275;
/** The maximum size of a packet, in bytes: 48 frames of 2.5 ms, each with its length, after TOC and frame count. More is padding. */
export const MAX_OPUS_PACKET_BYTES = 2 + 48 * (MAX_OPUS_FRAME_BYTES + 2);
/** All Opus lengths are multiples of 2.5 ms: samples at 48 kHz (RFC 6716 section 2.1.4). */
export const OPUS_GRID = 120;
/** 120 ms at 48 kHz: the longest packet (R5). */
export const MAX_OPUS_PACKET_SAMPLES = 5_760;

/** Samples at 48 kHz of one frame, by TOC configuration number (RFC 6716 table 2). */
const FRAME_SAMPLES: readonly number[] = Array.from({ length: 32 }, (_, config) => {
  if (config < 12) return [480, 960, 1920, 2880][config & 3]!;
  if (config < 16) return [480, 960][config & 1]!;
  return [120, 240, 480, 960][config & 3]!;
});

/**
 * The samples (at 48 kHz) that a packet decodes to, or a text that says why it is not an Opus packet. 960 is the usual 20 ms. Reads only the framing,
 * not the coded audio.
 */
export function opusPacketSamples(packet: Uint8Array): number | string {
  if (packet.length === 0) return 'it is empty';
  const toc = packet[0]!;
  const samples = FRAME_SAMPLES[toc >> 3]!;
  // Nearly all packets hold one frame; the others are handled below.
  if ((toc & 3) === 0) return packet.length - 1 <= MAX_OPUS_FRAME_BYTES ? samples : tooLong(packet.length - 1);
  return multiFrameSamples(packet, toc, samples);
}

function multiFrameSamples(packet: Uint8Array, toc: number, samples: number): number | string {
  const body = packet.length - 1;
  switch (toc & 3) {
    case 1: {
      if (body % 2 !== 0) return 'its two frames are not of equal length (code 1, R3)';
      if (body / 2 > MAX_OPUS_FRAME_BYTES) return tooLong(body / 2);
      return withinLimit(2 * samples);
    }
    case 2: {
      const first = readLength(packet, 1, packet.length);
      if (first === undefined) return 'the length of its first frame is cut off (code 2, R4)';
      const second = packet.length - first.next - first.length;
      if (second < 0) return 'its first frame is longer than the packet (code 2, R4)';
      if (second > MAX_OPUS_FRAME_BYTES) return tooLong(second);
      return withinLimit(2 * samples);
    }
    default:
      return arbitraryFrameSamples(packet, samples);
  }
}

/** Code 3: a frame count byte `v p M(6)`, optional padding, and M frames (RFC 6716 section 3.2.5). */
function arbitraryFrameSamples(packet: Uint8Array, samples: number): number | string {
  if (packet.length < 2) return 'its frame count is cut off (code 3, R6)';
  if (packet.length > MAX_OPUS_PACKET_BYTES) return `it is ${packet.length} bytes long, most of them padding`;
  const header = packet[1]!;
  const count = header & 0x3f;
  if (count === 0) return 'it holds no frame (code 3, R5)';
  if (count * samples > MAX_OPUS_PACKET_SAMPLES) return 'it lasts longer than 120 ms (code 3, R5)';
  let at = 2;
  let padding = 0;
  if ((header & 0x40) !== 0) {
    let byte: number;
    do {
      if (at >= packet.length) return 'its padding length is cut off (code 3, R6)';
      byte = packet[at++]!;
      padding += byte === 255 ? 254 : byte;
    } while (byte === 255);
  }
  const end = packet.length - padding;
  if (end < at) return 'its padding is longer than the packet (code 3, R6)';
  if ((header & 0x80) === 0) {
    const bytes = end - at;
    if (bytes % count !== 0) return 'its frames are not of equal length (code 3, R6)';
    return bytes / count > MAX_OPUS_FRAME_BYTES ? tooLong(bytes / count) : count * samples;
  }
  let coded = 0;
  for (let i = 0; i < count - 1; i++) {
    const frame = readLength(packet, at, end);
    if (frame === undefined) return 'the length of a frame is cut off (code 3, R7)';
    at = frame.next;
    coded += frame.length;
  }
  const last = end - at - coded;
  if (last < 0) return 'its frames are longer than the packet (code 3, R7)';
  return last > MAX_OPUS_FRAME_BYTES ? tooLong(last) : count * samples;
}

/** A frame length: one byte up to 251, else `second * 4 + first` (RFC 6716 section 3.2.1). */
function readLength(packet: Uint8Array, at: number, end: number): { length: number; next: number } | undefined {
  if (at >= end) return undefined;
  const first = packet[at]!;
  if (first < 252) return { length: first, next: at + 1 };
  if (at + 1 >= end) return undefined;
  return { length: packet[at + 1]! * 4 + first, next: at + 2 };
}

function withinLimit(samples: number): number | string {
  return samples <= MAX_OPUS_PACKET_SAMPLES ? samples : 'it lasts longer than 120 ms (R5)';
}

function tooLong(bytes: number): string {
  return `a frame in it is ${bytes} bytes long; an Opus frame has ${MAX_OPUS_FRAME_BYTES} at most (R2)`;
}
