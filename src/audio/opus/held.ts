/** A codec's place in the heap, given back once. */
import { opusHeap, type OpusHeap } from './heap.js';

interface Place {
  readonly heap: OpusHeap;
  readonly at: number;
}

/** Codecs that were dropped and not freed give their memory back all the same, when they are collected. */
const forgotten = new FinalizationRegistry<Place>(({ heap, at }) => heap.close(at));

export class HeldCodec {
  #place: Place | undefined;

  /** @param open makes the codec in the heap, and says where */
  constructor(open: (heap: OpusHeap) => number) {
    const heap = opusHeap();
    this.#place = { heap, at: open(heap) };
    forgotten.register(this, this.#place, this);
  }

  /** The place, or undefined when it was freed. */
  get place(): Place | undefined {
    return this.#place;
  }

  free(): void {
    if (this.#place === undefined) return;
    forgotten.unregister(this);
    this.#place.heap.close(this.#place.at);
    this.#place = undefined;
  }
}
