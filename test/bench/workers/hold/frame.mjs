/** The frame that all sessions play: a 20 ms packet of CELT, fullband, stereo, which nobody decodes. */
export const FRAME = Buffer.alloc(160, 0x5a);
FRAME[0] = 0xfc;

export function* endless() {
  for (;;) yield FRAME;
}
