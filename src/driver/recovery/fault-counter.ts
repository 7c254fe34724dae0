/** Counts the faults in a row, on which recovery bases its decisions. They fall again while the session is ready. */
import type { FaultKind, Recovery, Rung, VoiceFault } from '../../fault.js';

export class FaultCounter {
  /** Whether the session was ever ready. */
  wasReady = false;
  /** Faults since the session was last stable. */
  count = 0;
  readonly #stableAfter: number;
  /** Created at the first fault. */
  #repeats: Map<string, number> | undefined;
  #tried: Readonly<Record<Rung, number>> = NONE_TRIED;
  #readyAt: number | undefined;

  /** @param stableAfter ms of being ready after which all faults are forgotten */
  constructor(stableAfter: number) {
    this.#stableAfter = stableAfter;
  }

  /** The session became ready at `now` (ms). */
  ready(now: number): void {
    this.wasReady = true;
    this.#readyAt = now;
  }

  /** Counts a fault at `now` (ms), and returns it with its history. `count` is then its number in a row, from 1. */
  add(kind: FaultKind, { resumable, fresh }: Pick<VoiceFault, 'resumable' | 'fresh'>, now: number): VoiceFault {
    this.#settle(now);
    this.#readyAt = undefined;
    this.count += 1;
    const key = keyOf(kind);
    const all = (this.#repeats ??= new Map<string, number>());
    const repeats = (all.get(key) ?? 0) + 1;
    all.set(key, repeats);
    return { ...kind, wasReady: this.wasReady, resumable, fresh, repeats, tried: this.#tried };
  }

  /** A move or new credentials that name a voice server are not a failure: they have no history, and are not counted. */
  news(kind: FaultKind): VoiceFault {
    return { ...kind, wasReady: this.wasReady, resumable: false, fresh: true, repeats: 1, tried: NONE_TRIED };
  }

  /** Records the decision that is now carried out. */
  decided({ action }: Recovery): void {
    if (action in this.#tried) this.#tried = { ...this.#tried, [action]: this.#tried[action as Rung] + 1 };
  }

  /** Being ready reduces the counts: each third of `stableAfter` takes off one fault and one try at each rung, the full time takes off all. */
  #settle(now: number): void {
    if (this.#readyAt === undefined) return;
    const thirds = Math.floor((3 * (now - this.#readyAt)) / this.#stableAfter);
    const healed = thirds >= 3 || this.#stableAfter === 0 ? Infinity : Math.max(0, thirds);
    const less = (count: number): number => Math.max(0, count - healed);
    this.count = less(this.count);
    const { resume, reidentify, rejoin } = this.#tried;
    this.#tried = { resume: less(resume), reidentify: less(reidentify), rejoin: less(rejoin) };
    this.#repeats?.forEach((repeats, key, all) => all.set(key, less(repeats)));
  }
}

const NONE_TRIED: Readonly<Record<Rung, number>> = { resume: 0, reidentify: 0, rejoin: 0 };

/** Faults with the same key count as the same fault. */
function keyOf(kind: FaultKind): string {
  switch (kind.type) {
    case 'closed':
      return `closed ${kind.closeCode}`;
    case 'timeout':
      return `timeout ${kind.stage}`;
    default:
      return kind.type;
  }
}
