/** Records are read in order, once and unchanged: across the end of the memory and of the counters, and when there is no room. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { packFrames } from '../../../../src/engine/frame-batch.js';
import type { WireMessage } from '../../../../src/engine/wire.js';
import { hasFrames } from '../../../../src/engine/frame-run.js';
import { isSent } from '../../../../src/engine/sent-run.js';
import { addDemand, addFrames, addSent, tellRecord } from '../../../../src/workers/shared/records.js';
import { ringMemory, RingReader, RingWriter } from '../../../../src/workers/shared/ring.js';

const WORDS = 64;
const id = fc.nat(2 ** 40);
const sent = fc
  .record({ type: fc.constant('sent'), sequence: fc.nat(65_535), timestamp: fc.nat(2 ** 32 - 1), position: fc.double({ min: 0, max: 1e12, noNaN: true }), bytes: fc.nat(4_000) })
  .map((value) => ({ type: 'next' as const, value }));
const frames = fc.array(fc.uint8Array({ maxLength: 60 }), { maxLength: 5 }).map((all) => ({ type: 'next' as const, value: packFrames(all) }));
const demand = fc.nat(100).map((count) => ({ type: 'demand' as const, frames: count }));
/** Adds a record and publishes it immediately. */
function writeRecord(writer: RingWriter, said: WireMessage, posted: number): boolean {
  const added = add(writer, said, posted);
  writer.publish();
  return added;
}

function add(writer: RingWriter, said: WireMessage, posted: number): boolean {
  if (said.type === 'demand') return addDemand(writer, posted, said.id, said.frames);
  if (isSent(said)) return addSent(writer, posted, said.id, said.value);
  if (!hasFrames(said)) throw new TypeError('there is no record of it');
  const { bytes, lengths } = said.value;
  let at = 0;
  return addFrames(writer, posted, said.id, lengths.map((length) => bytes.subarray(at, (at += length)))); // prettier-ignore
}

function readRecord(reader: RingReader, received: number): WireMessage | undefined {
  let told: WireMessage | undefined;
  const some = tellRecord(reader, received, { next: (of, value) => (told = { type: 'next', id: of, value }), demand: (of, count) => (told = { type: 'demand', id: of, frames: count }) });
  expect(some).toBe(told !== undefined);
  return told;
}

const message: fc.Arbitrary<WireMessage> = fc.tuple(id, fc.oneof(sent, frames, demand)).map(([of, rest]) => ({ ...rest, id: of }) as WireMessage);

it('messages come out as they went in, and one for which there is no room is not there at all', () => {
  let refused = 0;
  const step = fc.oneof({ weight: 3, arbitrary: message }, { weight: 2, arbitrary: fc.constant('read' as const) });
  fc.assert(
    fc.property(fc.constantFrom(0, -200, 2 ** 31 - 100), fc.array(step, { maxLength: 80, size: 'max' }), (begins, story) => {
      const memory = ringMemory(WORDS, begins);
      const [writer, reader] = [new RingWriter(memory), new RingReader(memory)];
      const inside: WireMessage[] = [];
      for (const one of story) {
        if (one === 'read') expect(readRecord(reader, 0)).toEqual(inside.shift());
        else if (writeRecord(writer, one, 0)) inside.push(one);
        else refused += 1;
        expect(reader.waiting).toBe(inside.length > 0);
      }
      for (const one of inside) expect(readRecord(reader, 0)).toEqual(one);
      expect(readRecord(reader, 0)).toBeUndefined();
      expect(writer.behind(writer.written)).toBe(false);
    }),
    { numRuns: 400 },
  );
  expect(refused).toBeGreaterThan(0);
});

it('has room again for what is read, and none for what is larger than all of it', () => {
  const memory = ringMemory(16);
  const [writer, reader] = [new RingWriter(memory), new RingReader(memory)];
  const asked = (frameCount: number): WireMessage => ({ type: 'demand', id: 1, frames: frameCount });
  const written = Array.from({ length: 10 }, (_, i) => writeRecord(writer, asked(i), 0));
  expect(written.filter(Boolean)).toHaveLength(5);
  const mark = writer.written;
  expect(writer.behind(mark)).toBe(true);
  for (let i = 0; i < 5; i += 1) expect(readRecord(reader, 0)).toEqual(asked(i));
  expect(writer.behind(mark)).toBe(false);
  expect(writeRecord(writer, asked(7), 0)).toBe(true);
  expect(readRecord(reader, 0)).toEqual(asked(7));
  expect(writeRecord(writer, { type: 'next', id: 1, value: packFrames([new Uint8Array(200)]) }, 0)).toBe(false);
});

it('what was added is not there before it is published, and then all of it is', () => {
  fc.assert(
    fc.property(fc.array(message, { minLength: 1, maxLength: 5 }), (all) => {
      const memory = ringMemory(1_024);
      const [writer, reader] = [new RingWriter(memory), new RingReader(memory)];
      for (const one of all) expect(add(writer, one, 0)).toBe(true);
      expect(reader.waiting).toBe(false);
      expect(readRecord(reader, 0)).toBeUndefined();
      expect([writer.publish(), writer.publish()]).toEqual([true, false]);
      for (const one of all) expect(readRecord(reader, 0)).toEqual(one);
      expect(readRecord(reader, 0)).toBeUndefined();
    }),
  );
});

it('is not read before a batch that was posted before it', () => {
  const memory = ringMemory(WORDS);
  const [writer, reader] = [new RingWriter(memory), new RingReader(memory)];
  const asked: WireMessage = { type: 'demand', id: 1, frames: 1 };
  writeRecord(writer, asked, 0);
  writeRecord(writer, asked, 2);
  expect(readRecord(reader, 0)).toEqual(asked);
  expect(readRecord(reader, 1)).toBeUndefined();
  expect(reader.waiting).toBe(true);
  expect(readRecord(reader, 2)).toEqual(asked);
});
