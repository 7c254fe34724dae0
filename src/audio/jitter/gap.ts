/** The packets that are missing between two packets. */
import { OPUS_GRID, opusPacketSamples } from '../../protocol/opus-packet.js';
import { SAMPLES_PER_FRAME } from '../../protocol/silence.js';
import { uint16Add, uint32Add } from '../../protocol/wrap.js';
import type { VoicePacket } from '../../types.js';
import type { LostPacket } from './event.js';

/** The length of a packet, in samples at 48 kHz; 960, the usual length, if it is not valid Opus. */
export function packetSamples(packet: VoicePacket): number {
  const samples = opusPacketSamples(packet.frame);
  return typeof samples === 'number' ? samples : SAMPLES_PER_FRAME;
}

/**
 * The `count` packets lost between two, whose sequences are `count + 1` apart.
 *
 * ```
 * sequence    7    8    9        10
 *           [before][ ? ][ ? ]......[after]     each as long as the one before; what is left over is silence, and comes last
 *           [before][?][?][after]               no room for that: they share what there is
 * ```
 * A stream keeps to one frame length, so if the timestamp advances further than the packets reach, the rest is a pause (DTX), not longer packets.
 */
export function lostBetween(before: VoicePacket, count: number, after: VoicePacket): LostPacket[] {
  const start = uint32Add(before.timestamp, packetSamples(before));
  const span = (after.timestamp - start) | 0;
  const samples = lostSamples(span, count, packetSamples(before), packetSamples(after));
  return Array.from({ length: count }, (_, i) => ({
    userId: after.userId ?? before.userId,
    ssrc: after.ssrc,
    sequence: uint16Add(before.sequence, i + 1),
    timestamp: uint32Add(start, i * samples),
    samples,
  }));
}

function lostSamples(span: number, count: number, before: number, after: number): number {
  // After a frame of another length, such as silence that a server inserts, the stream's own length is that of the next packet.
  if (span === count * after) return after;
  // If the RTP clock went back, there is no span to divide: the sender has restarted.
  if (span >= count * before || span <= 0) return before;
  return Math.max(OPUS_GRID, Math.floor(span / count / OPUS_GRID) * OPUS_GRID);
}
