/** PCM to the packets that `play()` takes. */
import type { OpusFrame } from '../../types.js';
import type { OpusPacketEncoder } from '../opus/codec.js';
import { BLOCK_LENGTH } from '../pcm/blocks.js';
import { CHANNELS } from '../pcm/pcm.js';

/** The encoder's look-ahead: the last 6.5 ms come out with the packet behind. Source: libopus, `OPUS_GET_LOOKAHEAD` at 48 kHz. */
const LOOK_AHEAD = 312 * CHANNELS;

/** Encodes blocks of 20 ms, of which the last may be shorter: it is filled up with silence. The encoder is freed in the end. */
export async function* encodeBlocks(blocks: AsyncGenerator<Int16Array, undefined>, make: () => OpusPacketEncoder): AsyncGenerator<OpusFrame, undefined> {
  const encoder = make();
  let rest = 0;
  let any = false;
  try {
    for await (const block of blocks) {
      any = true;
      rest = block.length === BLOCK_LENGTH ? 0 : block.length;
      yield encoder.encode(rest === 0 ? block : filled(block));
    }
    const room = rest === 0 ? 0 : BLOCK_LENGTH - rest;
    if (any && room < LOOK_AHEAD) yield encoder.encode(new Int16Array(BLOCK_LENGTH));
    return undefined;
  } finally {
    encoder.free?.();
    await blocks.return(undefined);
  }
}

function filled(block: Int16Array): Int16Array {
  const full = new Int16Array(BLOCK_LENGTH);
  full.set(block);
  return full;
}
