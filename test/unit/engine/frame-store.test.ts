import fc from 'fast-check';
import { expect, it } from 'vitest';
import { packFrames } from '../../../src/engine/frame-batch.js';
import { FrameStore } from '../../../src/engine/frame-store.js';

const frame = fc.uint8Array({ maxLength: 20 });
type Step = readonly Uint8Array[] | 'take' | 'clear';

it('gives the frames of all batches in their order, and knows how many are left', () => {
  fc.assert(
    fc.property(fc.array(fc.oneof(fc.array(frame, { maxLength: 6 }), fc.constant<Step>('take'), fc.constant<Step>('take'), fc.constant<Step>('clear')), { maxLength: 40 }), (steps) => {
      const store = new FrameStore();
      let left: Uint8Array[] = [];
      let taken: { readonly frame: Uint8Array; readonly was: Uint8Array } | undefined;
      for (const step of steps) {
        if (step === 'take') {
          const frame = store.take();
          const was = left.shift();
          expect(frame).toEqual(was);
          taken = frame && was && { frame, was };
        } else if (step === 'clear') {
          store.clear();
          left = [];
        } else {
          // A batch may itself be a view of a larger piece.
          const { bytes, lengths } = packFrames([Uint8Array.of(1, 2, 3), ...step]);
          store.add({ bytes: bytes.subarray(3), lengths: lengths.slice(1) });
          // What arrives is copied: its memory may be written again.
          bytes.fill(0xff);
          left.push(...step);
        }
        expect(taken?.frame).toEqual(taken?.was);
        expect(store.length).toBe(left.length);
      }
      while (left.length > 0) expect(store.take()).toEqual(left.shift());
      expect(store.take()).toBeUndefined();
    }),
  );
});

it('needs no more memory however long it plays, and keeps the frame that was taken last', () => {
  const store = new FrameStore();
  const buffers = new Set<unknown>();
  const add = (first: number, count: number): void => store.add(packFrames(Array.from({ length: count }, (_, i) => new Uint8Array(60 + ((first + i) % 90)).fill(first + i))));
  add(0, 25);
  let added = 25;
  let kept: Uint8Array | undefined;
  for (let frame = 0; frame < 20_000; frame += 1) {
    const taken = store.take()!;
    expect(kept?.every((byte) => byte === ((frame - 1) & 255)) ?? true).toBe(true);
    if (taken.length !== 60 + (frame % 90) || !taken.every((byte) => byte === (frame & 255))) expect.unreachable(`frame ${frame}`);
    buffers.add(taken.buffer);
    kept = taken;
    if (store.length > 20) continue;
    add(added, 5);
    added += 5;
  }
  expect([...buffers].map((buffer) => (buffer as ArrayBuffer).byteLength).at(-1)).toBeLessThan(16_384);
  expect(buffers.size).toBeLessThan(3);
});
