/** The frames of many plays as one piece of memory: they are asked for together, and what is cloned costs by the piece. */
import type { FrameBatch } from './frame-batch.js';
import type { WireMessage } from './wire.js';

type FramesMessage = Extract<WireMessage, { readonly type: 'next' }> & { readonly value: FrameBatch };

export interface Frames {
  /** For each play: its subscription, how many frames, and the length of each. */
  readonly heads: Float64Array;
  /** The frames, one behind the other. */
  readonly bytes: Uint8Array;
}

export function hasFrames(message: WireMessage): message is FramesMessage {
  return message.type === 'next' && typeof message.value === 'object' && message.value !== null && 'lengths' in message.value && 'bytes' in message.value;
}

/** Batches in their order. */
export class FrameRun {
  #messages: FramesMessage[] = [];

  get empty(): boolean {
    return this.#messages.length === 0;
  }

  push(message: FramesMessage): void {
    this.#messages.push(message);
  }

  /** All of them; empty afterwards. */
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

/** The batches again, each a view of the whole. */
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
