/**
 * Frequent messages as records of a {@link RingWriter}: `sent` events, demands, frames.
 *
 * ```
 *   sent     head  id  sequence  timestamp  position  bytes
 *   demand   head  id  frames
 *   frames   head  id  count  length...  bytes, one frame behind the other
 * ```
 * The head holds the kind of the record and the number of batches that were posted before it.
 */
import type { FrameBatch } from '../../engine/frame-batch.js';
import type { Sent } from '../../engine/sent-run.js';
import type { RingReader, RingWriter } from './ring.js';

const KINDS = 4;
const SENT = 1;
const DEMAND = 2;
const FRAMES = 3;
const SENT_WORDS = 6;
const DEMAND_WORDS = 3;
const FRAMES_WORDS = 3;
const WORD = 8;

/** Receives the records that were read. */
export interface Told {
  next(id: number, value: Sent | FrameBatch): void;
  demand(id: number, frames: number): void;
}

/** @param posted how many batches were posted before. @returns whether there was room */
export function addSent(ring: RingWriter, posted: number, id: number, { sequence, timestamp, position, bytes }: Sent): boolean {
  const at = ring.reserve(SENT_WORDS);
  if (at === undefined) return false;
  const { numbers } = ring;
  numbers[at] = posted * KINDS + SENT;
  numbers[at + 1] = id;
  numbers[at + 2] = sequence;
  numbers[at + 3] = timestamp;
  numbers[at + 4] = position;
  numbers[at + 5] = bytes;
  ring.add();
  return true;
}

/** As {@link addSent}. */
export function addDemand(ring: RingWriter, posted: number, id: number, frames: number): boolean {
  const at = ring.reserve(DEMAND_WORDS);
  if (at === undefined) return false;
  const { numbers } = ring;
  numbers[at] = posted * KINDS + DEMAND;
  numbers[at + 1] = id;
  numbers[at + 2] = frames;
  ring.add();
  return true;
}

/** As {@link addSent}. */
export function addFrames(ring: RingWriter, posted: number, id: number, frames: readonly Uint8Array[]): boolean {
  let sum = 0;
  for (const { length } of frames) sum += length;
  const numberWords = FRAMES_WORDS + frames.length;
  const at = ring.reserve(numberWords + wordsOf(sum));
  if (at === undefined) return false;
  const { numbers, bytes } = ring;
  numbers[at] = posted * KINDS + FRAMES;
  numbers[at + 1] = id;
  numbers[at + 2] = frames.length;
  let number = at + FRAMES_WORDS;
  let byte = (at + numberWords) * WORD;
  for (const frame of frames) {
    numbers[number++] = frame.length;
    bytes.set(frame, byte);
    byte += frame.length;
  }
  ring.add();
  return true;
}

/** Reads the next record, unless it follows a batch that has not arrived yet. @returns whether one was read */
export function tellRecord(ring: RingReader, received: number, told: Told): boolean {
  const at = ring.next();
  if (at === undefined) return false;
  const { numbers } = ring;
  const head = numbers[at]!;
  if (Math.floor(head / KINDS) > received) {
    ring.done();
    return false;
  }
  const id = numbers[at + 1]!;
  switch (head % KINDS) {
    case SENT: {
      const value: Sent = { type: 'sent', sequence: int(numbers[at + 2]!), timestamp: numbers[at + 3]!, position: numbers[at + 4]!, bytes: int(numbers[at + 5]!) };
      ring.free(SENT_WORDS);
      told.next(id, value);
      return true;
    }
    case DEMAND: {
      const frames = int(numbers[at + 2]!);
      ring.free(DEMAND_WORDS);
      told.demand(id, frames);
      return true;
    }
    default:
      tellFrameBatch(ring, at, id, told);
      return true;
  }
}

/** The frames are told as a view of the shared memory, and the memory is given back afterwards. */
function tellFrameBatch(ring: RingReader, at: number, id: number, told: Told): void {
  const { numbers } = ring;
  const count = int(numbers[at + 2]!);
  const from = at + FRAMES_WORDS;
  const lengths = new Array<number>(count);
  let sum = 0;
  for (let frame = 0; frame < count; frame += 1) sum += lengths[frame] = int(numbers[from + frame]!);
  const start = (from + count) * WORD;
  try {
    told.next(id, { bytes: ring.bytes.subarray(start, start + sum), lengths });
  } finally {
    ring.free(FRAMES_WORDS + count + wordsOf(sum));
  }
}

/** Converts to a whole number below 2^31, which V8 stores without an object. A number read from a Float64Array gets a heap object wherever it is kept. */
function int(number: number): number {
  return number | 0;
}

function wordsOf(bytes: number): number {
  return Math.ceil(bytes / WORD);
}
