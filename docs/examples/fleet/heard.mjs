// Counts what was heard of the song in all channels since the last report: frames, lost and duplicate frames, and the longest gap.

/** Payloads that are no longer than this are silence. */
const SILENCE_BYTES = 3;

export class Heard {
  /** The position of each frame in the song; a repeated frame has the position of its first occurrence. */
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

  /** Returns one line, and resets the counts. */
  report() {
    const { frames, lost, twice, gap } = this.#sum;
    this.#sum = { frames: 0, lost: 0, twice: 0, gap: 0 };
    return `${this.#channels.size} songs: ${frames} frames heard, ${lost} lost, ${twice} twice, longest gap ${Math.round(gap)} ms`;
  }
}
