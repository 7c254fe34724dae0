/** Compares the timestamps of the pages of an Ogg stream with the packets that came. */
import { OPUS_GRID } from '../../protocol/opus-packet.js';

/** A jump of more than this, an hour, is not a pause: the page's granule position is wrong. */
const MAX_PAUSE_SAMPLES = 172_800_000;

/** The deviation of a page, in samples at 48 kHz. */
export interface PageTiming {
  /** Samples missing before the audio of this page. */
  readonly pause: number;
  /** Samples at its end that must not be heard. */
  readonly trim: number;
}

const ON_TIME: PageTiming = { pause: 0, trim: 0 };

/**
 * A granule position counts the samples up to the end of a page. If it grows by more than the page's packets, the difference is a
 * pause: nothing was sent, or it is lost. If that of the last page grows by less, the end must be cut off. A stream may begin at any
 * number: a recording of internet radio begins in the middle.
 *
 * Source: RFC 7845 sections 4.1 to 4.5.
 */
export class PageClock {
  #end: bigint | undefined;

  /**
   * @param samples of the packets that end in the page
   * @returns undefined if the page's time is impossible; it is ignored
   */
  step(granule: bigint, samples: number, last: boolean): PageTiming | undefined {
    const start = this.#end ?? (last && granule < samples ? 0n : granule - BigInt(samples));
    const expected = start + BigInt(samples);
    if (granule < 0n) {
      if (this.#end !== undefined) this.#end = expected;
      return ON_TIME;
    }
    const ahead = granule - expected;
    if (ahead > MAX_PAUSE_SAMPLES) {
      this.#end = expected;
      return undefined;
    }
    this.#end = granule;
    if (ahead >= OPUS_GRID) return { pause: Number(ahead), trim: 0 };
    // More than the content of the page cannot be cut off.
    return last && ahead < 0n && -ahead <= samples ? { pause: 0, trim: Number(-ahead) } : ON_TIME;
  }
}
