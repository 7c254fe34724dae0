/** What every bot is to keep to, whatever it does: the kinds of mistake, and what they are found by. */
import type { PlayOverlap } from '../double/session-life.js';
import type { JournalEntry } from '../world/journal.js';
import type { Remains } from '../world/virtual-voice.js';

/** A mistake that a `voiceTest` finds by itself. See `VoiceTestOptions.allow`. */
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

/** All of them. */
export const BOT_MISTAKES = Object.keys({
  'stays-behind': true, 'stays-alone': true, 'leaks-subscription': true, 'plays-over': true, 'restarts-song': true, 'answers-itself': true,
  'fights-kick': true, 'leaves-elsewhere': true, 'floods-gateway': true,
} satisfies Readonly<Record<BotMistake, true>>); // prettier-ignore

/** What is known when a test is over, and everything was let go of that it looks at. */
export interface Evidence extends Remains {
  /** What happened until the end. */
  readonly journal: readonly JournalEntry[];
  /** ms of the end. */
  readonly end: number;
  /** Timers that are still set. */
  readonly timers: readonly number[];
  readonly overlaps: readonly PlayOverlap[];
}

/** Gives what it finds, in words. */
export type Rule = (evidence: Evidence) => readonly string[];

/** A bot made a mistake that no test has to look for. */
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
