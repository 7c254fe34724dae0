/** Frames of the fake library: in the form of DAVE frames, and readable by anybody who knows the epoch. */

const TAG_BYTES = 8;
/** Tag, nonce, size, and the two marker bytes at the end. */
const TRAILER_BYTES = TAG_BYTES + 4;
const MARK = 0xfa;

/** The Opus packet xor epoch ‖ tag of 8 × epoch ‖ nonce 01 ‖ size 12 ‖ FA FA */
export function fakeEncrypt(epoch: number, frame: Uint8Array): Uint8Array {
  const key = epoch & 0xff;
  return Uint8Array.of(...frame.map((byte) => byte ^ key), ...new Uint8Array(TAG_BYTES).fill(key), 1, TRAILER_BYTES, MARK, MARK);
}

/** The epoch that the frame claims; null if it does not have this form. */
export function fakeEpoch(frame: Uint8Array): number | null {
  const [size, first, second] = frame.subarray(-3);
  return frame.length > TRAILER_BYTES && size === TRAILER_BYTES && first === MARK && second === MARK ? frame.at(-TRAILER_BYTES)! : null;
}

/** The Opus packet in a frame for which {@link fakeEpoch} returns an epoch. */
export function fakeDecrypt(frame: Uint8Array): Uint8Array {
  const key = fakeEpoch(frame) ?? 0;
  return frame.slice(0, -TRAILER_BYTES).map((byte) => byte ^ key);
}
