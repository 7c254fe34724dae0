/** The duration of a packet of the song. */
import type { OpusFrame } from '../../index.js';
import { opusPacketSamples } from '../../protocol/opus-packet.js';

/** In samples. 0 if it is not a valid Opus packet. */
export function samplesOf(frame: OpusFrame): number {
  const samples = opusPacketSamples(frame);
  return typeof samples === 'number' ? samples : 0;
}
