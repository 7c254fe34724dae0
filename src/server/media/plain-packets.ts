/** A fault of clients that the server plays for them: audio in the clear, in a call that is end-to-end encrypted. */
import { hasDaveForm } from '../../protocol/dave-frame.js';
import { parseRtpHeader, RTP_HEADER_BYTES, rtpPayload } from '../../protocol/rtp.js';
import type { Snowflake } from '../../types.js';
import type { FaultState } from '../faults/state.js';

/** 20 ms of two silent channels: no noise to an ear, and to the protocol none of its frames of silence, which are always in the clear. */
const PLAIN_FRAME = Uint8Array.of(0xfc, 0xff, 0xfe);

/** The packet as it goes to the others: in the clear as long as a fault says so of its sender, and it is encrypted. */
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
