/** Real sound for the codec tests: the demo song, twelve seconds of several instruments. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { createOpusDecoder, oggOpus, type OpusDecoder } from '../../../src/audio/index.js';
import { hasFec } from '../../../src/audio/opus/fec.js';

const PATH = fileURLToPath(new URL('../../../src/cli/demo/song.opus', import.meta.url));

/** Its first seconds, as PCM in pieces of 20 ms. */
export async function demoSong(seconds: number): Promise<Int16Array[]> {
  const decoder = createOpusDecoder();
  const blocks: Int16Array[] = [];
  for await (const frame of oggOpus([readFileSync(PATH)])) {
    if (blocks.length >= seconds * 50) break;
    blocks.push(decoder.decode(frame));
  }
  decoder.free();
  return blocks;
}

export function joined(blocks: readonly Int16Array[]): Int16Array {
  const all = new Int16Array(blocks.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const block of blocks) {
    all.set(block, at);
    at += block.length;
  }
  return all;
}

/** Ratio of the sound to the difference, in dB. */
export function snr(wanted: Int16Array, got: Int16Array): number {
  let sound = 0;
  let noise = 1;
  for (let i = 0; i < wanted.length; i++) {
    sound += wanted[i]! ** 2;
    noise += (wanted[i]! - got[i]!) ** 2;
  }
  return 10 * Math.log10(sound / noise);
}

/**
 * Loses one packet in ten, of those that are followed by a copy: returns the mean SNR of their replacements, in dB.
 * The reference is the output of a decoder without losses.
 */
export function segmentalSnr(packets: readonly Uint8Array[], standIn: (decoder: OpusDecoder, next: Uint8Array) => Int16Array): number {
  const [whole, lossy] = [createOpusDecoder(), createOpusDecoder()];
  const all: number[] = [];
  packets.forEach((packet, n) => {
    const wanted = whole.decode(packet);
    const next = packets[n + 1];
    if (n % 10 !== 9 || next === undefined || !hasFec(next)) return void lossy.decode(packet);
    const got = standIn(lossy, next);
    if (wanted.some((sample) => Math.abs(sample) > 300)) all.push(snr(wanted, got));
  });
  whole.free();
  lossy.free();
  return all.reduce((sum, one) => sum + one, 0) / all.length;
}
