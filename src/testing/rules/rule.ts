/** Rules that every bot must follow: the kinds of mistakes, and the evidence for them. */
import type { PlayOverlap } from '../double/session-life.js';
import type { JournalEntry } from '../world/journal.js';
import type { Remains } from '../world/virtual-voice.js';

/** A mistake that a `voiceTest` detects by itself. See `VoiceTestOptions.allow`. */
export type BotMistake =
  | 'stays-behind'
  | 'stays-alone'
  | 'leaks-subscription'
  | 'plays-over'
  | 'restarts-song'
  | 'answers-itself'
  | 'fights-kick'
  | 'leaves-elsewhere'
  | 'floods-gateway';

/** All mistakes. */
export const BOT_MISTAKES = Object.keys({
  'stays-behind': true, 'stays-alone': true, 'leaks-subscription': true, 'plays-over': true, 'restarts-song': true, 'answers-itself': true,
  'fights-kick': true, 'leaves-elsewhere': true, 'floods-gateway': true,
} satisfies Readonly<Record<BotMistake, true>>); // prettier-ignore

/** What is known after a test, when all of its streams are unsubscribed. */
export interface Evidence extends Remains {
  /** The events until the end. */
  readonly journal: readonly JournalEntry[];
  /** ms of the end. */
  readonly end: number;
  /** Timers that are still set. */
  readonly timers: readonly number[];
  readonly overlaps: readonly PlayOverlap[];
}

/** Returns the mistakes found, as text. */
export type Rule = (evidence: Evidence) => readonly string[];

/** A bot made a mistake that `voiceTest` detects without an expectation. */
export class BotMistakeError extends Error {
  override readonly name = 'BotMistakeError';

  constructor(
    readonly mistake: BotMistake,
    what: string,
  ) {
    super(`${mistake}: ${what}`);
  }
}

/** The entries of each bot in each guild, in order. */
export function bySeat(journal: readonly JournalEntry[]): JournalEntry[][] {
  const seats = new Map<string, JournalEntry[]>();
  for (const entry of journal) {
    const key = `${entry.userId} ${entry.guildId}`;
    const entries = seats.get(key);
    if (entries === undefined) seats.set(key, [entry]);
    else entries.push(entry);
  }
  return [...seats.values()];
}
