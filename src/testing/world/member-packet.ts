/** A voice packet as the server forwards it: with the audio level that the sender's client measured. */
import type { Seal } from '../../crypto/seal.js';
import { isRtpSizeMode } from '../../protocol/encryption-modes.js';
import { writeOneByteExtension } from '../../protocol/rtp-extension-writer.js';
import { EXTENSION_AUDIO_LEVEL } from '../../protocol/rtp-extensions.js';
import { PREAMBLE_BYTES, RTP_HEADER_BYTES, writeRtpHeader } from '../../protocol/rtp.js';
import type { AudioLevel, OpusFrame } from '../../types.js';

const EXTENSION_BIT = 0x10;
const VOICE_BIT = 0x80;

/** The content of a packet. */
export interface MemberPacket {
  readonly ssrc: number;
  readonly sequence: number;
  readonly timestamp: number;
  /** Null if the sender's client sends none, as with bots. */
  readonly audioLevel: AudioLevel | null;
  readonly frame: OpusFrame;
}

/** The datagram. The rtpsize modes leave the extension's preamble unencrypted; the others encrypt the whole extension. */
export function memberPacket(seal: Seal, { ssrc, sequence, timestamp, audioLevel, frame }: MemberPacket): Uint8Array {
  if (audioLevel === null) return plainPacket(seal, { ssrc, sequence, timestamp, frame });
  const extension = writeOneByteExtension([{ id: EXTENSION_AUDIO_LEVEL, data: [audioLevel.level | (audioLevel.voice ? VOICE_BIT : 0)] }]);
  const packet = new Uint8Array(RTP_HEADER_BYTES + extension.length + frame.length);
  writeRtpHeader(packet, sequence, timestamp, ssrc);
  packet[0]! |= EXTENSION_BIT;
  packet.set(extension, RTP_HEADER_BYTES);
  packet.set(frame, RTP_HEADER_BYTES + extension.length);
  const clear = isRtpSizeMode(seal.mode) ? RTP_HEADER_BYTES + PREAMBLE_BYTES : RTP_HEADER_BYTES;
  return seal.seal(packet.subarray(0, clear), packet.subarray(clear));
}

function plainPacket(seal: Seal, { ssrc, sequence, timestamp, frame }: Omit<MemberPacket, 'audioLevel'>): Uint8Array {
  const header = new Uint8Array(RTP_HEADER_BYTES);
  writeRtpHeader(header, sequence, timestamp, ssrc);
  return seal.seal(header, frame);
}
