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
  const buffers = new Set<ArrayBufferLike>();
  const made = (frame: number): Buffer => Buffer.alloc(60 + (frame % 90), frame);
  let added = 0;
  const add = (count: number): void => {
    store.add(packFrames(Array.from({ length: count }, (_, i) => made(added + i))));
    added += count;
  };
  add(25);
  let kept: Uint8Array = made(0);
  for (let frame = 0; frame < 20_000; frame += 1) {
    const intact = made(Math.max(0, frame - 1)).equals(kept);
    const taken = store.take()!;
    // Compared before `expect`, which costs more than the frame.
    if (!intact || !made(frame).equals(taken)) expect.unreachable(`frame ${frame}`);
    buffers.add(taken.buffer);
    kept = taken;
    if (store.length <= 20) add(5);
  }
  expect([...buffers].at(-1)!.byteLength).toBeLessThan(16_384);
  expect(buffers.size).toBeLessThan(3);
});

/**
 * Batches between many takes, so that the memory is now almost full and now almost empty. In units of 256 bytes, batches often end exactly where the
 * memory ends, or where the frame begins that was taken last.
 */
const walk = fc.constantFrom(1, 256).chain((unit) => {
  const length = fc.nat(Math.floor(600 / unit)).map((units) => units * unit);
  return fc.array(fc.oneof(fc.record({ add: fc.array(length, { maxLength: 12 }) }), fc.record({ take: fc.nat(14) })), { minLength: 60, maxLength: 120, size: 'max' });
});

it('never writes over a frame that waits or was taken last, however full its memory is', () => {
  fc.assert(
    fc.property(walk, (steps) => {
      const store = new FrameStore();
      const waiting: Buffer[] = [];
      let last: readonly [Uint8Array, Buffer] | undefined;
      let made = 0;
      const intact = (): boolean => last === undefined || last[1].equals(last[0]);
      for (const step of steps) {
        if ('add' in step) {
          const frames = step.add.map((length) => Buffer.alloc(length, (made += 1)));
          store.add(packFrames(frames));
          waiting.push(...frames);
          if (!intact()) expect.unreachable('the frame that was taken last was written over');
          continue;
        }
        for (let i = 0; i < step.take; i += 1) {
          const frame = store.take();
          const was = waiting.shift();
          if (frame === undefined || was === undefined) {
            expect(frame).toBe(was);
            break;
          }
          if (!was.equals(frame)) expect.unreachable('a frame that waits was written over');
          last = [frame, was];
        }
      }
      for (const was of waiting) if (!was.equals(store.take()!)) expect.unreachable('a frame that waits was written over');
    }),
    { numRuns: 300 },
  );
});
