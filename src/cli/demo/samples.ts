/** How long a packet of the song is. */
import type { OpusFrame } from '../../index.js';
import { opusPacketSamples } from '../../protocol/opus-packet.js';

/** In samples. Of what is no Opus packet: none. */
export function samplesOf(frame: OpusFrame): number {
  const samples = opusPacketSamples(frame);
  return typeof samples === 'number' ? samples : 0;
}
