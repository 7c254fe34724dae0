// What was heard of the song in each channel since it was asked last: how many frames, which are missing or came twice, and the longest gap.

/** Payloads no longer are silence. */
const SILENCE_BYTES = 3;

export class Heard {
  /** Where a frame stands in the song: the frames of a song that repeats itself stand where they are first. */
  #places = new Map();
  #channels = new Map();
  #sum = { frames: 0, lost: 0, twice: 0, gap: 0 };

  expect(frame) {
    const key = frame.join();
    if (!this.#places.has(key)) this.#places.set(key, this.#places.size);
  }

  hear(channel, payload, now) {
    if (payload.length <= SILENCE_BYTES) return;
    const place = this.#places.get(payload.join());
    const before = this.#channels.get(channel);
    this.#channels.set(channel, { place, at: now });
    this.#sum.frames += 1;
    if (before === undefined) return;
    this.#sum.gap = Math.max(this.#sum.gap, now - before.at);
    const round = this.#places.size;
    const step = (place - before.place + round) % round;
    if (step > round / 2 || step === 0) this.#sum.twice += 1;
    else this.#sum.lost += step - 1;
  }

  /** One line, and all is counted anew. */
  report() {
    const { frames, lost, twice, gap } = this.#sum;
    this.#sum = { frames: 0, lost: 0, twice: 0, gap: 0 };
    return `${this.#channels.size} songs: ${frames} frames heard, ${lost} lost, ${twice} twice, longest gap ${Math.round(gap)} ms`;
  }
}
