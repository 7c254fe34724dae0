/** One end of the memory that two threads share, in addition to the port between them. */
import { eachMessage, type Batch } from '../../engine/outbox.js';
import type { Sent } from '../../engine/sent-run.js';
import type { WireMessage } from '../../engine/wire.js';
import { addDemand, addFrames, addSent, tellRecord, type Told } from './records.js';
import { ringMemory, RingReader, RingWriter } from './ring.js';

/** The shared memory that the main thread allocates for a thread. */
export interface SharedMemory {
  readonly toHome: SharedArrayBuffer;
  readonly toThread: SharedArrayBuffer;
}

/** Size in words: enough for what 900 sessions write between two reads. What does not fit is posted; memory that is not needed is never touched. */
const TO_HOME = 65_536;
const TO_THREAD = 262_144;

export function sharedMemory(): SharedMemory {
  return { toHome: ringMemory(TO_HOME), toThread: ringMemory(TO_THREAD) };
}

/** A channel beside the posted batches that wakes nobody. It is called only if no earlier message waits. False: the message goes in a batch. */
export interface Beside {
  demand(id: number, frames: number, patience: number): boolean;
  sent(id: number, event: Sent): boolean;
  frames(id: number, frames: readonly Uint8Array[]): boolean;
  /** Something is about to be sent: schedules a read of the other side's records, which happens after this call. */
  look(): void;
  /** A batch is about to be posted, or the thread ends: makes all accepted records visible to the other side. */
  publish(): void;
  /** A batch was posted. */
  posted(): void;
  /** A batch has arrived: delivers it, after the records that were written before it. */
  arrived(batch: Batch): void;
  /** Stops the periodic reads; delivers what was written until then. */
  rest(): void;
}

/** Receives what arrives. */
export interface Tell extends Told {
  readonly message: (message: WireMessage) => void;
}

/** Keeps records and posted batches in order: each record carries the number of batches posted before it, and is read after them. */
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

  /** Delivers the records that precede the next batch. @returns whether there were any */
  read(told: Told): boolean {
    let some = false;
    while (tellRecord(this.in, this.#received, told)) some = true;
    return some;
  }

  posted(): void {
    this.#posted += 1;
  }

  /** Delivers a batch, after the records written before it and before those written after it. @param read delivers the records that may be read now */
  arrived(batch: Batch, tell: (message: WireMessage) => void, read: () => void): void {
    read();
    this.#received += 1;
    eachMessage(batch, tell);
    read();
  }
}
