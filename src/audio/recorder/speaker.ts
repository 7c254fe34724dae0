/** Whose audio it is, and in which file. */
import type { Snowflake } from '../../types.js';

export interface Speaker {
  readonly userId: Snowflake | null;
  readonly ssrc: number;
}

/** The name of a speaker: the user; the SSRC while nobody has said whose it is. */
export function speakerName({ userId, ssrc }: Speaker): string {
  return userId ?? `ssrc-${ssrc}`;
}

/**
 * One key a file. A user has one, whatever SSRCs he comes with, at once or one after the other. Where it is said late whose an SSRC
 * is, the file that it has goes on as his, unless he has one already.
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

  /** @param limit keys that are given */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /** The key of a speaker; undefined for one too many. */
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

  /** An SSRC is out of use: whoever has it next may be somebody else. */
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
