/**
 * The slow reference for `src/protocol/opus-packet.ts`, written from RFC 6716 alone: it cuts a packet into its frames, then
 * checks the requirements of section 3.4 one by one.
 */

/** A packet's frames and length in samples at 48 kHz, or the first requirement (R1 to R7) that it breaks. */
export type SlowOpusPacket =
  | { readonly frames: readonly Uint8Array[]; readonly samples: number }
  | { readonly broken: string };

/** Milliseconds of one frame, for each of the 32 configurations: RFC 6716 table 2, row by row. */
export const FRAME_MS: readonly number[] = [
  10, 20, 40, 60, // SILK, narrowband
  10, 20, 40, 60, // SILK, mediumband
  10, 20, 40, 60, // SILK, wideband
  10, 20, // hybrid, super-wideband
  10, 20, // hybrid, fullband
  2.5, 5, 10, 20, // CELT, narrowband
  2.5, 5, 10, 20, // CELT, wideband
  2.5, 5, 10, 20, // CELT, super-wideband
  2.5, 5, 10, 20, // CELT, fullband
]; // prettier-ignore

class Broken extends Error {}

export function slowOpusPacket(packet: Uint8Array): SlowOpusPacket {
  try {
    const bytes = Array.from(packet);
    must(bytes.length >= 1, 'R1');
    const toc = bytes.shift()!;
    const frames = cut(toc % 4, bytes);
    must(frames.every((frame) => frame.length <= 1275), 'R2');
    const ms = frames.length * FRAME_MS[Math.floor(toc / 8)]!;
    must(ms <= 120, 'R5');
    return { frames: frames.map((frame) => Uint8Array.from(frame)), samples: ms * 48 };
  } catch (error) {
    if (error instanceof Broken) return { broken: error.message };
    throw error;
  }
}

/** Cuts the bytes after the TOC byte into frames. */
function cut(code: number, bytes: number[]): number[][] {
  if (code === 0) return [bytes];
  if (code === 1) {
    must(bytes.length % 2 === 0, 'R3');
    return [bytes.slice(0, bytes.length / 2), bytes.slice(bytes.length / 2)];
  }
  if (code === 2) {
    const length = takeLength(bytes, 'R4');
    must(length <= bytes.length, 'R4');
    return [bytes.slice(0, length), bytes.slice(length)];
  }
  must(bytes.length >= 1, 'R6');
  const control = bytes.shift()!;
  const count = control % 64;
  must(count >= 1, 'R5');
  if (Math.floor(control / 64) % 2 === 1) dropPadding(bytes);
  return control >= 128 ? cutVariable(count, bytes) : cutConstant(count, bytes);
}

function dropPadding(bytes: number[]): void {
  let padding = 0;
  for (;;) {
    must(bytes.length >= 1, 'R6');
    const byte = bytes.shift()!;
    if (byte < 255) {
      padding += byte;
      break;
    }
    padding += 254;
  }
  must(padding <= bytes.length, 'R6');
  bytes.splice(bytes.length - padding, padding);
}

function cutConstant(count: number, bytes: number[]): number[][] {
  must(bytes.length % count === 0, 'R6');
  const size = bytes.length / count;
  return Array.from({ length: count }, (_, i) => bytes.slice(i * size, (i + 1) * size));
}

function cutVariable(count: number, bytes: number[]): number[][] {
  const lengths = Array.from({ length: count - 1 }, () => takeLength(bytes, 'R7'));
  const frames = lengths.map((length) => {
    must(length <= bytes.length, 'R7');
    return bytes.splice(0, length);
  });
  return [...frames, bytes];
}

/** Section 3.2.1: one byte up to 251; from 252 on, plus four times a second byte. */
function takeLength(bytes: number[], requirement: string): number {
  must(bytes.length >= 1, requirement);
  const first = bytes.shift()!;
  if (first < 252) return first;
  must(bytes.length >= 1, requirement);
  return first + 4 * bytes.shift()!;
}

function must(held: boolean, requirement: string): asserts held {
  if (!held) throw new Broken(requirement);
}
