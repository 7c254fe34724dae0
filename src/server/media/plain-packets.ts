/** Simulates a fault of clients: unencrypted audio in a call that is end-to-end encrypted. */
import { hasDaveForm } from '../../protocol/dave-frame.js';
import { parseRtpHeader, RTP_HEADER_BYTES, rtpPayload } from '../../protocol/rtp.js';
import type { Snowflake } from '../../types.js';
import type { FaultState } from '../faults/state.js';

/** 20 ms of two silent channels: inaudible, but not the protocol's silence frame, which is always unencrypted. */
const PLAIN_FRAME = Uint8Array.of(0xfc, 0xff, 0xfe);

/** The packet as it is forwarded: unencrypted while a fault says so for its sender, and only if it was encrypted. */
export function asSent(rtp: Uint8Array, userId: Snowflake, { plainPackets }: FaultState): Uint8Array {
  const left = plainPackets.get(userId);
  if (left === undefined) return rtp;
  const header = parseRtpHeader(rtp);
  const payload = header && rtpPayload(rtp.subarray(header.headerBytes), header.extensionBytes, header.padding);
  if (payload === undefined || !hasDaveForm(payload)) return rtp;
  if (left > 1) plainPackets.set(userId, left - 1);
  else plainPackets.delete(userId);
  const plain = new Uint8Array(RTP_HEADER_BYTES + PLAIN_FRAME.length);
  plain.set(rtp.subarray(0, RTP_HEADER_BYTES));
  // Without padding, extension and contributing sources.
  plain[0] = 0x80;
  plain.set(PLAIN_FRAME, RTP_HEADER_BYTES);
  return plain;
}
