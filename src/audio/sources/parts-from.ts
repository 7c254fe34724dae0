/** A place in a stream of parts. */
import type { OpusPart } from '../opus/parts.js';
import { OPUS_GRID } from '../../protocol/opus-packet.js';

/**
 * The parts from a time on: the first packet is the one that holds it. What is before is read and thrown away, at about a microsecond a
 * packet.
 *
 * @param from in samples at 48 kHz, from the start of the first packet
 * @param onStart told where the first packet given begins, before it is
 */
export async function* partsFrom(
  parts: AsyncGenerator<OpusPart, undefined>,
  from: number,
  onStart: (samples: number) => void,
): AsyncGenerator<OpusPart, undefined> {
  let at = 0;
  let started = false;
  const start = (): void => {
    if (!started) onStart(at);
    started = true;
  };
  try {
    for await (const part of parts) {
      if (part.type === 'head' || (part.type === 'trim' && started)) yield part;
      if (part.type === 'trim' || part.type === 'head') continue;
      if (at + part.samples > from) {
        const passed = part.type === 'pause' && !started ? Math.floor(Math.max(0, from - at) / OPUS_GRID) * OPUS_GRID : 0;
        at += passed;
        start();
        yield passed > 0 ? { type: 'pause', samples: part.samples - passed } : part;
        at -= passed;
      }
      at += part.samples;
    }
    return undefined;
  } finally {
    await parts.return(undefined);
  }
}
