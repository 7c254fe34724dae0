import { describe, expect, it } from 'vitest';
import { createOpusDecoder, createOpusEncoder, OpusDecoderError } from '../../../../src/audio/index.js';
import { OpusHeap, opusHeap } from '../../../../src/audio/opus/heap.js';
import { SET } from '../../../../src/audio/opus/libopus.js';
import { rms, tone, toneFrames } from '../voice-packets.js';

const [FRAME] = toneFrames(1) as [Uint8Array];

describe('codecs', () => {
  it('share one memory: 27 KB a decoder, 48 KB an encoder, and what is freed is used again', () => {
    const heap = opusHeap();
    const take = (): (() => void) => {
      const codecs = [...Array.from({ length: 200 }, createOpusDecoder), ...Array.from({ length: 100 }, () => createOpusEncoder())];
      return () => codecs.forEach((codec) => codec.free());
    };
    const before = heap.size;
    take()();
    const once = heap.size;
    expect(once - before).toBeLessThan(1.25 * (200 * 27_000 + 100 * 48_500));
    for (let i = 0; i < 5; i++) take()();
    expect(heap.size).toBe(once);
    expect(opusHeap()).toBe(heap);
  });

  it('go on in a memory that has grown', () => {
    const heap = new OpusHeap();
    const [decoder, encoder] = [heap.openDecoder(), heap.openEncoder('audio')];
    const packet = heap.encode(encoder, tone(440, 960)) as Uint8Array;
    const wanted = heap.decode(heap.openDecoder(), packet);
    const size = heap.size;
    while (heap.size === size) heap.openDecoder();
    expect(heap.decode(decoder, packet)).toEqual(wanted);
    expect(heap.encode(heap.openEncoder('audio'), tone(440, 960))).toEqual(packet);
  });
});

describe('a crash of libopus', () => {
  /** A WebAssembly trap, as caused by any access outside its memory. */
  const crash = (heap: OpusHeap): void => expect(() => heap.close(-1)).toThrow(/unreachable|out of bounds/);

  it('takes its memory out of use, and leaves nothing to be given back', () => {
    const heap = new OpusHeap();
    const [decoder, encoder] = [heap.openDecoder(), heap.openEncoder('audio')];
    crash(heap);
    expect(heap.broken).toBe(true);
    expect(() => heap.decode(decoder, FRAME)).toThrow('crashed');
    expect(() => heap.set(encoder, SET.bitrate, 64_000)).toThrow('crashed');
    expect(() => heap.close(decoder)).not.toThrow();
  });

  it('is a typed error of each decoder in it, and of none that is made afterwards', () => {
    const heap = opusHeap();
    const decoder = createOpusDecoder();
    crash(heap);
    expect(() => decoder.decode(FRAME)).toThrow(OpusDecoderError);
    expect(() => decoder.decode(FRAME)).toThrow('make another one');
    decoder.free();
    const next = createOpusDecoder();
    expect(rms(next.decode(FRAME))).toBeGreaterThan(1_000);
    next.free();
  });
});
