/**
 * RTP headers (RFC 3550 section 5.1) and their extensions (RFC 8285).
 *
 * ```
 *   0                   1                   2                   3
 *   0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *  +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *  |V=2|P|X|  CC   |M|     PT      |        sequence number        |
 *  +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *  |                           timestamp                           |
 *  +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *  |                             SSRC                              |
 *  +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *  |                 CSRC list: CC × 4 bytes, if any               |
 *  |   extension preamble, if X: profile u16, length u16 in words  |
 * ```
 */

/** The length of the fixed header. */
export const RTP_HEADER_BYTES = 12;
/** Discord's payload type for Opus. */
export const OPUS_PAYLOAD_TYPE = 0x78;
/** The length of the preamble (profile and length) before the elements of a header extension. */
export const PREAMBLE_BYTES = 4;
const VERSION_2 = 0x80;
const PADDING = 0x20;
const EXTENSION = 0x10;
const MARKER = 0x80;

export interface RtpHeader {
  readonly padding: boolean;
  readonly marker: boolean;
  readonly payloadType: number;
  readonly sequence: number;
  readonly timestamp: number;
  readonly ssrc: number;
  /** Bytes of fixed header, CSRC list and extension preamble, which the rtpsize modes leave in the clear. */
  readonly headerBytes: number;
  /** Bytes of extension elements, which follow the header. 0 without X. */
  readonly extensionBytes: number;
}

/**
 * Writes `80 78 seq timestamp ssrc` to the first 12 bytes of `out`. It never sets the marker bit of RFC 3551 section 4.1: Discord documents `78`, and
 * JDA, Eris, Dysnomia and disgo drop a packet with any other byte there, which would be the first frame of every play.
 */
export function writeRtpHeader(out: Uint8Array, sequence: number, timestamp: number, ssrc: number): void {
  out[0] = VERSION_2;
  out[1] = OPUS_PAYLOAD_TYPE;
  out[2] = sequence >>> 8;
  out[3] = sequence;
  out[4] = timestamp >>> 24;
  out[5] = timestamp >>> 16;
  out[6] = timestamp >>> 8;
  out[7] = timestamp;
  out[8] = ssrc >>> 24;
  out[9] = ssrc >>> 16;
  out[10] = ssrc >>> 8;
  out[11] = ssrc;
}

/** The header of an RTP packet; undefined if it is shorter than its first byte says, or not version 2. */
export function parseRtpHeader(packet: Uint8Array): RtpHeader | undefined {
  const { length } = packet;
  const first = packet[0]!;
  if (length < RTP_HEADER_BYTES || (first & 0xc0) !== VERSION_2) return undefined;
  let headerBytes = RTP_HEADER_BYTES + (first & 0x0f) * 4;
  let extensionBytes = 0;
  if ((first & EXTENSION) !== 0) {
    if (length < headerBytes + PREAMBLE_BYTES) return undefined;
    extensionBytes = uint16(packet, headerBytes + 2) * 4;
    headerBytes += PREAMBLE_BYTES;
  }
  if (length < headerBytes) return undefined;
  // Read byte by byte: a DataView for each packet would cost more than the rest of this function.
  return {
    padding: (first & PADDING) !== 0,
    marker: (packet[1]! & MARKER) !== 0,
    payloadType: packet[1]! & 0x7f,
    sequence: uint16(packet, 2),
    timestamp: uint32(packet, 4),
    ssrc: uint32(packet, 8),
    headerBytes,
    extensionBytes,
  };
}

/** Big-endian, of the two bytes at `at`. */
export function uint16(bytes: Uint8Array, at: number): number {
  return (bytes[at]! << 8) | bytes[at + 1]!;
}

function uint32(bytes: Uint8Array, at: number): number {
  return ((bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!) >>> 0;
}

/** RTCP shares the socket: its packet types 192 to 223 are at the place where RTP has marker and payload type (RFC 5761 section 4). */
export function isRtcp(packet: Uint8Array): boolean {
  return packet.length >= 8 && (packet[0]! & 0xc0) === VERSION_2 && packet[1]! >= 192 && packet[1]! <= 223;
}

/** Where the padding of a decrypted packet body begins: the body's length if it has none; below 0 if the padding count is 0 or exceeds the body. */
export function paddingStart(body: Uint8Array, padding: boolean): number {
  if (!padding) return body.length;
  // The last byte counts the padding, itself included (RFC 3550 section 5.1). 0 is not a count.
  const count = body.length === 0 ? 0 : body[body.length - 1]!;
  return count === 0 ? -1 : body.length - count;
}

/**
 * Removes the extension elements from the front and the padding from the end of a decrypted packet body. Undefined if the body is shorter than its
 * header says, or nothing is left (a padding-only keepalive).
 */
export function rtpPayload(body: Uint8Array, extensionBytes: number, padding: boolean): Uint8Array | undefined {
  const end = paddingStart(body, padding);
  return end > extensionBytes ? body.subarray(extensionBytes, end) : undefined;
}
