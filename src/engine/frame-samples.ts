/** How long a frame is that is known to be sent, or about to. */
import { opusPacketSamples } from '../protocol/opus-packet.js';

/** In samples; 0 of what is no Opus packet, which the far side says. */
export function frameSamples(frame: Uint8Array): number {
  const samples = opusPacketSamples(frame);
  return typeof samples === 'number' ? samples : 0;
}
