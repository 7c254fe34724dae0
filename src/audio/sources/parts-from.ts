/** Starts a stream of parts at a position. */
import { OPUS_GRID } from '../../protocol/opus-packet.js';
import type { OpusPart } from '../opus/parts.js';

/**
 * The parts from a time on: the first packet is the one that contains it. Earlier packets are read and discarded, at about a microsecond
 * per packet.
 *
 * @param from in samples at 48 kHz, from the start of the first packet
 * @param onStart called with the beginning of the first packet, before that packet is given
 */
export async function* partsFrom(
  parts: AsyncGenerator<OpusPart, undefined>,
  from: number,
  onStart: (samples: number) => void,
): AsyncGenerator<OpusPart, undefined> {
  let at = 0;
  let started = false;
  try {
    for await (const part of parts) {
      if (part.type === 'head') yield part;
      else if (started) yield part;
      else if (part.type !== 'trim') {
        const end = at + part.samples;
        if (end > from) {
          // A pause is shortened by whole packets; a packet is not divided.
          const passed = part.type === 'pause' ? Math.floor(Math.max(0, from - at) / OPUS_GRID) * OPUS_GRID : 0;
          onStart(at + passed);
          started = true;
          yield { ...part, samples: part.samples - passed };
        }
        at = end;
      }
    }
    return undefined;
  } finally {
    await parts.return(undefined);
  }
}
