/** Splits a packet into parts, so that it can be assembled anew for each receiver. */
import { writeOneByteExtension, writeTwoByteExtension } from '../../protocol/rtp-extension-writer.js';
import { EXTENSION_AUDIO_LEVEL, EXTENSION_SPEAKING } from '../../protocol/rtp-extensions.js';
import { parseRtpHeader, RTP_HEADER_BYTES, rtpPayload } from '../../protocol/rtp.js';
import { isSilenceFrame } from '../../protocol/silence.js';
import { SpeakingFlags, type AudioLevel } from '../../types.js';
import type { VoiceSession } from '../sessions/voice-session.js';
import type { Forwarding } from '../traffic/forwarding.js';
import { randomOf } from '../traffic/seeded-random.js';
import { writeSequence } from './rtp-fields.js';

const PADDING_BIT = 0x20;
const EXTENSION_BIT = 0x10;
const PREAMBLE_BYTES = 4;
const QUIET: AudioLevel = { voice: false, level: 127 };
const NOTHING = new Uint8Array(0);

/** A packet without its sequence number and padding, which differ for each receiver. */
export interface PacketParts {
  /** Fixed header, CSRC list and preamble of the extension: the part that the rtpsize modes leave unencrypted. */
  readonly head: Uint8Array;
  /** The extension's elements. */
  readonly elements: Uint8Array;
  readonly payload: Uint8Array;
}

/** A sender's packet with the header that the options require; undefined if it contains no audio. */
export function takeApart(rtp: Uint8Array, sender: VoiceSession, options: Forwarding): PacketParts | undefined {
  const header = parseRtpHeader(rtp);
  if (header === undefined) return undefined;
  const { headerBytes, extensionBytes, padding, sequence, timestamp, ssrc, marker } = header;
  const payload = rtpPayload(rtp.subarray(headerBytes), extensionBytes, padding);
  if (payload === undefined) return undefined;
  const { guildId, channelId, userId } = sender;
  const packet = { guildId, channelId, userId, ssrc, sequence, timestamp, marker, payload };
  if (options.extensions !== 'as-sent') {
    const silent = isSilenceFrame(payload);
    const extension = silent ? NOTHING : extensionOf(options.extensions, options.audioLevel(packet), sender);
    return withHeader(rtp, csrcOf(rtp, options), extension, payload);
  }
  const from = headerBytes - ((rtp[0]! & EXTENSION_BIT) === 0 ? 0 : PREAMBLE_BYTES);
  return withHeader(rtp, csrcOf(rtp, options), rtp.subarray(from, headerBytes + extensionBytes), payload);
}

/** A packet of our own without a payload, to be filled with padding and sent after another. */
export function partsOfNothing(rtp: Uint8Array, sender: VoiceSession, options: Forwarding): PacketParts {
  const extension = options.extensions === 'as-sent' ? NOTHING : extensionOf(options.extensions, QUIET, sender);
  const bare = Uint8Array.from(rtp.subarray(0, RTP_HEADER_BYTES));
  bare[1]! &= 0x7f;
  return withHeader(bare, NOTHING, extension, NOTHING);
}

/** Assembles a packet in `out`, with a sequence number and `padding` bytes of padding (RFC 3550 section 5.1). Returns its length. */
export function putTogether({ head, elements, payload }: PacketParts, sequence: number, padding: number, out: Uint8Array): number {
  out.set(head);
  out.set(elements, head.length);
  out.set(payload, head.length + elements.length);
  const bare = head.length + elements.length + payload.length;
  writeSequence(out, sequence);
  if (padding === 0) return bare;
  out[0]! |= PADDING_BIT;
  out.fill(0, bare, bare + padding);
  out[bare + padding - 1] = padding;
  return bare + padding;
}

/** @param extension preamble and elements; empty for none */
function withHeader(rtp: Uint8Array, csrc: Uint8Array, extension: Uint8Array, payload: Uint8Array): PacketParts {
  const preamble = extension.subarray(0, PREAMBLE_BYTES);
  const head = new Uint8Array(RTP_HEADER_BYTES + csrc.length + preamble.length);
  head.set(rtp.subarray(0, RTP_HEADER_BYTES));
  head[0] = 0x80 | (csrc.length / 4) | (preamble.length > 0 ? EXTENSION_BIT : 0);
  head.set(csrc, RTP_HEADER_BYTES);
  head.set(preamble, RTP_HEADER_BYTES + csrc.length);
  return { head, elements: extension.subarray(PREAMBLE_BYTES), payload };
}

/** Random, but the same for every packet of a seed; or the sender's own. */
function csrcOf(rtp: Uint8Array, { csrc, seed }: Forwarding): Uint8Array {
  if (csrc === 0) return rtp.subarray(RTP_HEADER_BYTES, RTP_HEADER_BYTES + (rtp[0]! & 0x0f) * 4);
  const random = randomOf(seed);
  return Uint8Array.from({ length: csrc * 4 }, () => random() * 256);
}

function extensionOf(form: 'one-byte' | 'two-byte', { voice, level }: AudioLevel, sender: VoiceSession): Uint8Array {
  const write = form === 'one-byte' ? writeOneByteExtension : writeTwoByteExtension;
  return write([
    { id: EXTENSION_AUDIO_LEVEL, data: [(voice ? 0x80 : 0) | (level & 0x7f)] },
    { id: EXTENSION_SPEAKING, data: [speakingByte(sender.speaking ?? SpeakingFlags.Microphone)] },
  ]);
}

/** The flags of opcode 5 in the bits of the extension: 1 priority, 2 voice, 4 soundshare. */
function speakingByte(flags: number): number {
  const { Microphone, Soundshare, Priority } = SpeakingFlags;
  return ((flags & Priority) === 0 ? 0 : 1) | ((flags & Microphone) === 0 ? 0 : 2) | ((flags & Soundshare) === 0 ? 0 : 4);
}
