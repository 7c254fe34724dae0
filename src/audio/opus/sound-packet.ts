/** Checks of packets and losses, before a codec gets them. */
import { MAX_OPUS_PACKET_SAMPLES, OPUS_GRID, opusPacketSamples } from '../../protocol/opus-packet.js';
import type { OpusFrame } from '../../types.js';
import { OpusDecoderError } from '../errors.js';

/** @throws OpusDecoderError unless its framing is valid Opus */
export function soundPacket(frame: OpusFrame): OpusFrame {
  const samples = opusPacketSamples(frame);
  if (typeof samples === 'string') throw new OpusDecoderError(`this is not an Opus packet: ${samples}`);
  return frame;
}

/** @throws OpusDecoderError unless it is a valid length of a loss in Opus, in samples */
export function soundLoss(samples: number): number {
  if (Number.isInteger(samples) && samples > 0 && samples % OPUS_GRID === 0 && samples <= MAX_OPUS_PACKET_SAMPLES) return samples;
  throw new OpusDecoderError(
    `${samples} samples cannot be concealed: Opus counts in steps of ${OPUS_GRID} (2.5 ms), up to ${MAX_OPUS_PACKET_SAMPLES} (120 ms)`,
  );
}
