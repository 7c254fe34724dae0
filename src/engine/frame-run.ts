/** The frames of many plays in one piece of memory: they are requested together, and the cost of a clone depends on the number of objects. */
import type { FrameBatch } from './frame-batch.js';
import type { WireMessage } from './wire.js';

type FramesMessage = Extract<WireMessage, { readonly type: 'next' }> & { readonly value: FrameBatch };

export interface Frames {
  /** For each play: its subscription, the number of frames, and the length of each. */
  readonly heads: Float64Array;
  /** The frames, one after the other. */
  readonly bytes: Uint8Array;
}

export function hasFrames(message: WireMessage): message is FramesMessage {
  return message.type === 'next' && typeof message.value === 'object' && message.value !== null && 'lengths' in message.value && 'bytes' in message.value;
}

/** Collects batches in order. */
export class FrameRun {
  #messages: FramesMessage[] = [];

  get empty(): boolean {
    return this.#messages.length === 0;
  }

  push(message: FramesMessage): void {
    this.#messages.push(message);
  }

  /** Returns all of them, and empties the run. */
  take(): Frames {
    const messages = this.#messages;
    this.#messages = [];
    const bytes = new Uint8Array(messages.reduce((sum, { value }) => sum + value.bytes.length, 0));
    const heads = new Float64Array(messages.reduce((sum, { value }) => sum + 2 + value.lengths.length, 0));
    let [at, head] = [0, 0];
    for (const { id, value } of messages) {
      bytes.set(value.bytes, at);
      at += value.bytes.length;
      heads.set([id, value.lengths.length, ...value.lengths], head);
      head += 2 + value.lengths.length;
    }
    return { heads, bytes };
  }
}

/** Unpacks the batches again; each is a view of the whole. */
export function tellFrames({ heads, bytes }: Frames, tell: (message: WireMessage) => void): void {
  let [at, head] = [0, 0];
  while (head < heads.length) {
    const id = heads[head]!;
    const lengths = new Array<number>(heads[head + 1]!);
    head += 2;
    const from = at;
    for (let frame = 0; frame < lengths.length; frame += 1) at += lengths[frame] = heads[head++]!;
    const value: FrameBatch = { bytes: bytes.subarray(from, at), lengths };
    tell({ type: 'next', id, value });
  }
}
