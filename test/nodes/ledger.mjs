/** Records the frames of each song that the voice server or a member of its call received, and checks for loss, order and gaps. */

/** Payloads of at most this many bytes are silence. */
const SILENCE_BYTES = 3;

export class Ledger {
  #songs = new Map();

  /** Records a decrypted Opus packet of a user. */
  hear(userId, payload) {
    const song = this.#songs.get(userId);
    if (song === undefined || payload.length <= SILENCE_BYTES) return;
    song.heard.push({ key: song.keyOf(payload), at: performance.now() });
  }

  /** @param keys the keys of the frames in order; `keyOf` returns the key of a payload */
  expect(userId, keys, keyOf) {
    this.#songs.set(userId, { order: new Map(keys.map((key, i) => [key, i])), keyOf, heard: [] });
  }

  /**
   * Counts the frames between two times that were lost, or came twice or out of order (in all, and the most of one song), and finds the longest gap.
   *
   * @param excess returns the ms by which a gap between two times is too long. `worst` is the gap with the largest excess, `longest` the longest one.
   */
  judge(from, excess, to = performance.now()) {
    const sum = { songs: 0, frames: 0, lost: 0, twice: 0, mostTwice: 0, strange: 0, silent: 0, gaps: [], longest: { begin: from, end: from }, worst: { excess: -Infinity } };
    const gapBetween = (begin, end) => {
      const over = excess(begin, end);
      if (over > sum.worst.excess) sum.worst = { excess: over, begin, end };
      if (end - begin > sum.longest.end - sum.longest.begin) sum.longest = { begin, end };
      return end - begin;
    };
    for (const { order, heard } of this.#songs.values()) {
      const window = heard.filter(({ at }) => at >= from && at <= to);
      sum.songs += 1;
      sum.frames += window.length;
      if (window.length === 0) sum.silent += 1;
      let longest = gapBetween(window.at(-1)?.at ?? from, to);
      let twice = 0;
      for (let i = 1; i < window.length; i += 1) {
        const [before, now] = [order.get(window[i - 1].key), order.get(window[i].key)];
        longest = Math.max(longest, gapBetween(window[i - 1].at, window[i].at));
        if (before === undefined || now === undefined) sum.strange += 1;
        else if (now <= before) twice += before - now + 1;
        else sum.lost += now - before - 1;
      }
      sum.twice += twice;
      sum.mostTwice = Math.max(sum.mostTwice, twice);
      sum.gaps.push(longest);
    }
    sum.gaps.sort((a, b) => a - b);
    return sum;
  }

  /** The number of songs of which a frame was received since `time`. */
  heardSince(time) {
    return [...this.#songs.values()].filter(({ heard }) => heard.length > 0 && heard.at(-1).at >= time).length;
  }
}
