/** Decrypts what a client sends, so that a diagram can show it. */
import type { Seal } from '../../crypto/seal.js';
import { parseRtpHeader } from '../../protocol/rtp.js';

/** A voice packet that the client sent, decrypted; `sequence` and `timestamp` count from the first packet of its SSRC. */
export interface VirtualPacket {
  readonly ssrc: number;
  readonly sequence: number;
  readonly timestamp: number;
  readonly marker: boolean;
  /** The Opus packet; with the option `dave`, without its end-to-end encryption. */
  readonly payload: Uint8Array;
  /** With the option `dave`: the epoch of its end-to-end encryption, or null if it was not encrypted. */
  readonly epoch?: number | null;
}

/** Decrypts datagrams and counts from the first of each SSRC, so that random starts do not show in a diagram. */
export function packetReader(makeSeal: () => Seal): (datagram: Uint8Array) => VirtualPacket | undefined {
  let seal: Seal | undefined;
  let first: { sequence: number; timestamp: number } | undefined;
  return (datagram) => {
    const header = parseRtpHeader(datagram);
    if (header === undefined) return undefined;
    const payload = (seal ??= makeSeal()).open(datagram, header.headerBytes)?.slice();
    if (payload === undefined) return undefined;
    first ??= header;
    return {
      ssrc: header.ssrc,
      sequence: (header.sequence - first.sequence) & 0xffff,
      timestamp: (header.timestamp - first.timestamp) >>> 0,
      marker: header.marker,
      payload,
    };
  };
}
