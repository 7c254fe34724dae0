/** Opus packets that tests can tell apart: valid framing, numbered content. They do not decode to music. */

/** The `index`th 20 ms packet (CELT, fullband, stereo, one frame): `FC`, the index as u16, and a filler byte. */
export function testFrame(index: number): Uint8Array {
  return Uint8Array.of(0xfc, index >>> 8, index, 0x5a);
}

/** Makes `count` small packets, numbered from `from`. */
export function testFrames(count: number, from = 0): Uint8Array[] {
  return Array.from({ length: count }, (_, i) => testFrame(from + i));
}

/** The index of a test frame; undefined for any other frame. */
export function testFrameIndex(frame: Uint8Array): number | undefined {
  return frame.length === 4 && frame[0] === 0xfc && frame[3] === 0x5a ? (frame[1]! << 8) | frame[2]! : undefined;
}
