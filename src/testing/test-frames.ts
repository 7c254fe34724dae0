/** Opus packets to tell apart: sound framing, numbered content. No decoder will make music of them. */

/** The `index`th 20 ms packet (CELT, fullband, stereo, one frame): `FC`, the index as u16, and a filler byte. */
export function testFrame(index: number): Uint8Array {
  return Uint8Array.of(0xfc, index >>> 8, index, 0x5a);
}

/** Makes `count` small packets, numbered from `from`. */
export function testFrames(count: number, from = 0): Uint8Array[] {
  return Array.from({ length: count }, (_, i) => testFrame(from + i));
}

/** Which one it is; undefined for what is none of them. */
export function testFrameIndex(frame: Uint8Array): number | undefined {
  return frame.length === 4 && frame[0] === 0xfc && frame[3] === 0x5a ? (frame[1]! << 8) | frame[2]! : undefined;
}
