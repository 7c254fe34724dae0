/** The packets of a stream, in the form that `play()` takes. */
import type { OpusFrame } from '../../types.js';
import { pausePackets, type OpusPart } from './parts.js';

/** Packets unchanged, and silence for the pauses. */
export async function* opusFrames(parts: AsyncGenerator<OpusPart, undefined>): AsyncGenerator<OpusFrame, undefined> {
  let stereo = true;
  try {
    for await (const part of parts) {
      if (part.type === 'packet') yield part.frame;
      else if (part.type === 'head') stereo = part.head.channels === 2;
      else if (part.type === 'pause') for (const { frame } of pausePackets(part.samples, stereo)) yield frame;
    }
    return undefined;
  } finally {
    await parts.return(undefined);
  }
}
