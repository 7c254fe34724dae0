/**
 * The messages of which there are many, as records of a {@link RingWriter}: `sent` events, demands, frames.
 *
 * ```
 *   sent     head  id  sequence  timestamp  position  bytes
 *   demand   head  id  frames
 *   frames   head  id  count  length...  bytes, one frame behind the other
 * ```
 * The head says what it is, and behind how many posted batches it comes.
 */
import { hasFrames } from '../../engine/frame-run.js';
import { isSent, type SentMessage } from '../../engine/sent-run.js';
import type { WireMessage } from '../../engine/wire.js';
import type { RingReader, RingWriter } from './ring.js';

const KINDS = 4;
const SENT = 1;
const DEMAND = 2;
const FRAMES = 3;
const SENT_WORDS = 6;
const DEMAND_WORDS = 3;
const FRAMES_WORDS = 3;
const WORD = 8;

/** @param posted how many batches were posted before. @returns whether it is a message of that kind, and there was room */
export function writeRecord(ring: RingWriter, message: WireMessage, posted: number): boolean {
  const head = posted * KINDS;
  if (isSent(message)) return writeSent(ring, message, head + SENT);
  if (message.type === 'demand') {
    const at = ring.reserve(DEMAND_WORDS);
    if (at === undefined) return false;
    const { numbers } = ring;
    numbers[at] = head + DEMAND;
    numbers[at + 1] = message.id;
    numbers[at + 2] = message.frames;
  } else {
    if (!hasFrames(message)) return false;
    const { bytes, lengths } = message.value;
    const numberWords = FRAMES_WORDS + lengths.length;
    const at = ring.reserve(numberWords + wordsOf(bytes.length));
    if (at === undefined) return false;
    const { numbers } = ring;
    numbers[at] = head + FRAMES;
    numbers[at + 1] = message.id;
    numbers[at + 2] = lengths.length;
    numbers.set(lengths, at + FRAMES_WORDS);
    ring.bytes.set(bytes, (at + numberWords) * WORD);
  }
  ring.publish();
  return true;
}

function writeSent(ring: RingWriter, { id, value }: SentMessage, head: number): boolean {
  const at = ring.reserve(SENT_WORDS);
  if (at === undefined) return false;
  const { numbers } = ring;
  numbers[at] = head;
  numbers[at + 1] = id;
  numbers[at + 2] = value.sequence;
  numbers[at + 3] = value.timestamp;
  numbers[at + 4] = value.position;
  numbers[at + 5] = value.bytes;
  ring.publish();
  return true;
}

/** Reads the next record, unless it comes behind a batch that is not here yet. */
export function readRecord(ring: RingReader, received: number): WireMessage | undefined {
  const at = ring.next();
  if (at === undefined) return undefined;
  const { numbers } = ring;
  const head = numbers[at]!;
  if (Math.floor(head / KINDS) > received) return undefined;
  const id = numbers[at + 1]!;
  switch (head % KINDS) {
    case SENT: {
      const value = { type: 'sent', sequence: numbers[at + 2]!, timestamp: numbers[at + 3]!, position: numbers[at + 4]!, bytes: numbers[at + 5]! };
      ring.free(SENT_WORDS);
      return { type: 'next', id, value };
    }
    case DEMAND: {
      const frames = numbers[at + 2]!;
      ring.free(DEMAND_WORDS);
      return { type: 'demand', id, frames };
    }
    default:
      return readFrames(ring, at, id);
  }
}

function readFrames(ring: RingReader, at: number, id: number): WireMessage {
  const { numbers } = ring;
  const count = numbers[at + 2]!;
  const from = at + FRAMES_WORDS;
  const lengths = new Array<number>(count);
  let sum = 0;
  for (let frame = 0; frame < count; frame += 1) sum += lengths[frame] = numbers[from + frame]!;
  const bytes = ring.copy((from + count) * WORD, sum);
  ring.free(FRAMES_WORDS + count + wordsOf(sum));
  return { type: 'next', id, value: { bytes, lengths } };
}

function wordsOf(bytes: number): number {
  return Math.ceil(bytes / WORD);
}
