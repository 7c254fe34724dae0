/** The identity of a speaker, and the file of its audio. */
import type { Snowflake } from '../../types.js';

export interface Speaker {
  readonly userId: Snowflake | null;
  readonly ssrc: number;
}

/** The name of a speaker: the user, or the SSRC while the user is unknown. */
export function speakerName({ userId, ssrc }: Speaker): string {
  return userId ?? `ssrc-${ssrc}`;
}

/**
 * One key per file. A user has one key for all SSRCs, at the same time or one after the other. If the user of an SSRC becomes known late,
 * the existing file of that SSRC becomes the user's, unless the user has one already.
 *
 * ```
 * packets   ssrc 7, nobody's   ssrc 7, of 42   ssrc 9, of 42
 * key       ssrc-7             ssrc-7          ssrc-7
 * ```
 */
export class SpeakerKeys {
  readonly #limit: number;
  readonly #keys = new Set<string>();
  readonly #byUser = new Map<Snowflake, string>();
  readonly #bySsrc = new Map<number, string>();

  /** @param limit maximum number of keys */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /** The key of a speaker; undefined if the limit is reached. */
  keyOf(speaker: Speaker): string | undefined {
    const { userId, ssrc } = speaker;
    const ofSsrc = this.#bySsrc.get(ssrc);
    if (userId === null) return ofSsrc ?? this.#give(speaker);
    const ofUser = this.#byUser.get(userId);
    const key = ofUser ?? (ofSsrc !== undefined && this.#isNobodys(ofSsrc) ? ofSsrc : this.#give(speaker));
    if (key === undefined) return undefined;
    this.#byUser.set(userId, key);
    this.#bySsrc.set(ssrc, key);
    return key;
  }

  /** Forgets an SSRC that is out of use: its next owner may be somebody else. */
  forget(ssrc: number): void {
    this.#bySsrc.delete(ssrc);
  }

  #isNobodys(key: string): boolean {
    return ![...this.#byUser.values()].includes(key);
  }

  #give(speaker: Speaker): string | undefined {
    const key = speakerName(speaker);
    if (!this.#keys.has(key) && this.#keys.size >= this.#limit) return undefined;
    this.#keys.add(key);
    this.#bySsrc.set(speaker.ssrc, key);
    return key;
  }
}
