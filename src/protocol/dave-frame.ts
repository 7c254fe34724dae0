/**
 * Recognises a DAVE frame by its form, without any key:
 *
 * ```
 * ciphertext ‖ tag 8 ‖ nonce ULEB128 ‖ clear ranges (offset, length) ULEB128 each ‖ size u8 ‖ FA FA
 *              └──────────────────────────── size bytes ────────────────────────────────────┘
 * ```
 *
 * Source: DAVE whitepaper, "Payload Format" and "Frame Check".
 */
const TAG_BYTES = 8;
/** The size byte and the two marker bytes. */
const END_BYTES = 3;
const MIN_SUPPLEMENT = TAG_BYTES + END_BYTES;
const MARKER = 0xfa;

/** Whether a frame has the form of an encrypted one. A plain frame that has it by accident is lost: the whitepaper accepts that. */
export function hasDaveForm(frame: Uint8Array): boolean {
  const { length } = frame;
  if (length < MIN_SUPPLEMENT || frame[length - 1] !== MARKER || frame[length - 2] !== MARKER) return false;
  const size = frame[length - END_BYTES]!;
  if (size < MIN_SUPPLEMENT || size > length) return false;
  const end = length - END_BYTES;
  const nonceEnd = skipLeb128(frame, length - size + TAG_BYTES, end);
  return nonceEnd !== undefined && rangesFit(frame, nonceEnd, end, length - size);
}

/** Whether the ranges are in order, do not overlap, and lie inside the ciphertext. */
function rangesFit(frame: Uint8Array, start: number, end: number, ciphertextBytes: number): boolean {
  let at = start;
  let free = 0;
  while (at < end) {
    const afterOffset = skipLeb128(frame, at, end);
    const afterLength = afterOffset === undefined ? undefined : skipLeb128(frame, afterOffset, end);
    if (afterOffset === undefined || afterLength === undefined) return false;
    const offset = leb128(frame, at, afterOffset);
    if (offset < free) return false;
    free = offset + leb128(frame, afterOffset, afterLength);
    if (free > ciphertextBytes) return false;
    at = afterLength;
  }
  return true;
}

/** Where the number that begins at `at` ends; undefined if it does not end before `end`. */
function skipLeb128(bytes: Uint8Array, at: number, end: number): number | undefined {
  for (let i = at; i < end; i += 1) if (bytes[i]! < 0x80) return i + 1;
  return undefined;
}

/** Little-endian base 128. Exact below 2^53; larger values fit into no frame anyway. */
function leb128(bytes: Uint8Array, start: number, end: number): number {
  let value = 0;
  for (let i = end - 1; i >= start; i -= 1) value = value * 128 + (bytes[i]! & 0x7f);
  return value;
}
