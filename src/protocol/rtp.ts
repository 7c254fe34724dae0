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

/** The fixed header. */
export const RTP_HEADER_BYTES = 12;
/** Discord's payload type for Opus. */
export const OPUS_PAYLOAD_TYPE = 0x78;
const VERSION_2 = 0x80;
const MARKER = 0x80;

export interface RtpHeader {
  readonly padding: boolean;
  readonly marker: boolean;
  readonly payloadType: number;
  readonly sequence: number;
  readonly timestamp: number;
  readonly ssrc: number;
  /** Bytes of fixed header, CSRC list and extension preamble: what the rtpsize modes leave in the clear. */
  readonly headerBytes: number;
  /** Bytes of extension elements, which follow the header. 0 without X. */
  readonly extensionBytes: number;
}

/** Writes `80 78 seq timestamp ssrc` (or `80 f8` with the marker bit) to the first 12 bytes of `out`. */
export function writeRtpHeader(
  out: Uint8Array,
  sequence: number,
  timestamp: number,
  ssrc: number,
  marker: boolean,
): void {
  out[0] = VERSION_2;
  out[1] = marker ? OPUS_PAYLOAD_TYPE | MARKER : OPUS_PAYLOAD_TYPE;
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

/** The header of an RTP packet; undefined when it is too short for what its first byte promises, or not version 2. */
export function parseRtpHeader(packet: Uint8Array): RtpHeader | undefined {
  if (packet.length < RTP_HEADER_BYTES || (packet[0]! & 0xc0) !== VERSION_2) return undefined;
  const view = new DataView(packet.buffer, packet.byteOffset, packet.byteLength);
  const first = packet[0]!;
  let headerBytes = RTP_HEADER_BYTES + (first & 0x0f) * 4;
  let extensionBytes = 0;
  if ((first & 0x10) !== 0) {
    if (packet.length < headerBytes + 4) return undefined;
    extensionBytes = view.getUint16(headerBytes + 2) * 4;
    headerBytes += 4;
  }
  if (packet.length < headerBytes) return undefined;
  return {
    padding: (first & 0x20) !== 0,
    marker: (packet[1]! & MARKER) !== 0,
    payloadType: packet[1]! & 0x7f,
    sequence: view.getUint16(2),
    timestamp: view.getUint32(4),
    ssrc: view.getUint32(8),
    headerBytes,
    extensionBytes,
  };
}

/** RTCP shares the socket: its packet types 192 to 223 stand where RTP has marker and payload type (RFC 5761 section 4). */
export function isRtcp(packet: Uint8Array): boolean {
  return packet.length >= 8 && (packet[0]! & 0xc0) === VERSION_2 && packet[1]! >= 192 && packet[1]! <= 223;
}

/**
 * Takes the extension elements off the front and the padding off the end of a decrypted packet body.
 * Undefined when the body is shorter than its header says, or when nothing is left (a padding-only keepalive).
 */
export function rtpPayload(body: Uint8Array, extensionBytes: number, padding: boolean): Uint8Array | undefined {
  let end = body.length;
  if (padding) {
    // The last byte counts the padding, itself included (RFC 3550 section 5.1). 0 is not a count.
    const count = end === 0 ? 0 : body[end - 1]!;
    if (count === 0) return undefined;
    end -= count;
  }
  return end > extensionBytes ? body.subarray(extensionBytes, end) : undefined;
}
