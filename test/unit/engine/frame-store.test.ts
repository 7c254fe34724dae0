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
      for (const step of steps) {
        if (step === 'take') expect(store.take()).toEqual(left.shift());
        else if (step === 'clear') {
          store.clear();
          left = [];
        } else {
          // A batch may itself be a view of a larger piece.
          const { bytes, lengths } = packFrames([Uint8Array.of(1, 2, 3), ...step]);
          store.add({ bytes: bytes.subarray(3), lengths: lengths.slice(1) });
          left.push(...step);
        }
        expect(store.length).toBe(left.length);
      }
      while (left.length > 0) expect(store.take()).toEqual(left.shift());
      expect(store.take()).toBeUndefined();
    }),
  );
});
