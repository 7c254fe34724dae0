/** The duration of a frame that is known to be sent, or is about to be. */
import { opusPacketSamples } from '../protocol/opus-packet.js';

/** In samples; 0 for data that is not an Opus packet, which the far side reports. */
export function frameSamples(frame: Uint8Array): number {
  const samples = opusPacketSamples(frame);
  return typeof samples === 'number' ? samples : 0;
}
