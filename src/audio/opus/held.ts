/** A codec's place in the heap, which is freed once. */
import { opusHeap, type OpusHeap } from './heap.js';

interface Place {
  readonly heap: OpusHeap;
  readonly at: number;
}

/** Codecs that were dropped without `free()` are freed when they are garbage collected. */
const forgotten = new FinalizationRegistry<Place>(({ heap, at }) => heap.close(at));

export class HeldCodec {
  #place: Place | undefined;

  /** @param open makes the codec in the heap, and returns its address */
  constructor(open: (heap: OpusHeap) => number) {
    const heap = opusHeap();
    this.#place = { heap, at: open(heap) };
    forgotten.register(this, this.#place, this);
  }

  /** The place; undefined after `free()`. */
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
