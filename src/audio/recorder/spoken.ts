/** Who spoke when: the content of a transcript. */
import { SAMPLES_PER_MS } from '../../protocol/silence.js';
import { isVoice } from '../speakers/voice.js';
import type { Placed } from './placement.js';
import type { Speaker } from './speaker.js';

/** Pauses up to this long, in samples, count as speech: 300 ms. */
const HANGOVER = 300 * SAMPLES_PER_MS;
/** How much later, in samples, packets of one speaker may come than packets of another that were sent at the same time: a second. */
const APART = 1_000 * SAMPLES_PER_MS;
/** Speech without a pause is split into pieces after this many samples: a minute. */
const LONGEST = 60_000 * SAMPLES_PER_MS;

/** What one speaker said between two pauses. */
export interface Spoken extends Speaker {
  /** Where it begins and ends, in samples of the recording. */
  readonly at: number;
  readonly end: number;
}

interface Open extends Speaker {
  readonly at: number;
  end: number;
}

/**
 * A pure step: takes placed packets, and returns speech segments in the order of their beginnings.
 *
 * ```
 * A       aaaa-aa--------aaa
 * B       --bbb-------------
 * spoken  --------------(AB)-(A)      known when a later packet shows that a pause was one
 * ```
 */
export class SpokenLog {
  readonly #open = new Map<string, Open>();
  #ended: Spoken[] = [];
  /** The latest beginning of any packet. */
  #latest = 0;

  push({ event, speaker, key, place }: Placed): Spoken[] {
    if (event.type !== 'frame' || typeof place !== 'object' || place === null || !isVoice(event.packet)) return [];
    const { at } = place;
    this.#latest = Math.max(this.#latest, at);
    for (const [whose, { end, at: begin }] of this.#open) {
      const over = whose === key ? at - end > HANGOVER || at - begin >= LONGEST : at - end > HANGOVER + APART;
      if (over) this.#close(whose);
    }
    const open = this.#open.get(key);
    if (open === undefined) this.#open.set(key, { userId: speaker.userId, ssrc: speaker.ssrc, at, end: at + place.samples });
    else open.end = Math.max(open.end, at + place.samples);
    return this.#tell(this.#latest - APART);
  }

  /** Returns the rest. */
  flush(): Spoken[] {
    for (const whose of [...this.#open.keys()]) this.#close(whose);
    return this.#tell(Number.POSITIVE_INFINITY);
  }

  #close(whose: string): void {
    this.#ended.push(this.#open.get(whose)!);
    this.#open.delete(whose);
  }

  /** Returns segments that have ended and began no later than `until`, and before which no open segment began. */
  #tell(until: number): Spoken[] {
    if (this.#ended.length === 0) return [];
    const first = Math.min(until, ...[...this.#open.values()].map(({ at }) => at));
    const told = this.#ended.filter(({ at }) => at <= first).sort((a, b) => a.at - b.at);
    if (told.length > 0) this.#ended = this.#ended.filter(({ at }) => at > first);
    return told;
  }
}
