/** One end of the memory that two threads share, beside the port between them. */
import { eachMessage, type Batch } from '../../engine/outbox.js';
import type { Sent } from '../../engine/sent-run.js';
import type { WireMessage } from '../../engine/wire.js';
import { addDemand, addFrames, addSent, tellRecord, type Told } from './records.js';
import { ringMemory, RingReader, RingWriter } from './ring.js';

/** What the main thread makes for a thread. */
export interface SharedMemory {
  readonly toHome: SharedArrayBuffer;
  readonly toThread: SharedArrayBuffer;
}

/** Words of what is said of 900 sessions while nobody looks. What does not fit is posted; what is not needed is never touched. */
const TO_HOME = 65_536;
const TO_THREAD = 262_144;

export function sharedMemory(): SharedMemory {
  return { toHome: ringMemory(TO_HOME), toThread: ringMemory(TO_THREAD) };
}

/** What goes beside the batches that are posted, and wakes nobody. It is asked where nothing that was said before still waits; false: it goes as all else. */
export interface Beside {
  demand(id: number, frames: number, patience: number): boolean;
  sent(id: number, event: Sent): boolean;
  frames(id: number, frames: readonly Uint8Array[]): boolean;
  /** Something is about to be said: has told what was written, but not within this call. */
  look(): void;
  /** A batch is about to be posted, or nothing is said any more: what was taken is there to be read. */
  publish(): void;
  /** A batch was posted. */
  posted(): void;
  /** A batch has come: tells it, behind what was written before it. */
  arrived(batch: Batch): void;
  /** Looks no more from time to time; tells what was written until then. */
  rest(): void;
}

/** Where what arrives is told. */
export interface Tell extends Told {
  readonly message: (message: WireMessage) => void;
}

/** Keeps the order of what is written with what is posted: a record counts the batches before it, and is read behind them. */
export class Line {
  readonly out: RingWriter;
  readonly in: RingReader;
  #posted = 0;
  #received = 0;

  constructor(out: SharedArrayBuffer, incoming: SharedArrayBuffer) {
    this.out = new RingWriter(out);
    this.in = new RingReader(incoming);
  }

  sent(id: number, event: Sent): boolean {
    return addSent(this.out, this.#posted, id, event);
  }

  demand(id: number, frames: number): boolean {
    return addDemand(this.out, this.#posted, id, frames);
  }

  frames(id: number, frames: readonly Uint8Array[]): boolean {
    return addFrames(this.out, this.#posted, id, frames);
  }

  /** Tells what there is before the next batch. @returns whether there was anything */
  read(told: Told): boolean {
    let some = false;
    while (tellRecord(this.in, this.#received, told)) some = true;
    return some;
  }

  posted(): void {
    this.#posted += 1;
  }

  /** Tells what is in a batch, between what was written before it and what was written behind it. @param read tells what is to be read by now */
  arrived(batch: Batch, tell: (message: WireMessage) => void, read: () => void): void {
    read();
    this.#received += 1;
    eachMessage(batch, tell);
    read();
  }
}
