/** What was heard of each song, by the voice server or by a member of its call: whether it was all of it, in order, and with which gaps. */

/** Payloads no longer are silence. */
const SILENCE_BYTES = 3;

export class Ledger {
  #songs = new Map();

  /** An Opus packet of a user's, decrypted. */
  hear(userId, payload) {
    const song = this.#songs.get(userId);
    if (song === undefined || payload.length <= SILENCE_BYTES) return;
    song.heard.push({ key: song.keyOf(payload), at: performance.now() });
  }

  /** @param keys what stands for each frame, in their order */
  expect(userId, keys, keyOf) {
    this.#songs.set(userId, { order: new Map(keys.map((key, i) => [key, i])), keyOf, heard: [] });
  }

  /**
   * Frames that were lost, came twice or out of order (and the most of one song that did), and the longest gap in ms, between two times.
   *
   * @param excess ms by which a gap, between two times, is longer than it may be; `worst` is the one of which it is most, `longest` the longest
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

  /** How many songs were heard of since then. */
  heardSince(time) {
    return [...this.#songs.values()].filter(({ heard }) => heard.length > 0 && heard.at(-1).at >= time).length;
  }
}
