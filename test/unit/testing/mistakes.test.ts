/** The rules, each applied to journals of bots that follow it and of bots that do not. */
import { describe, expect, it } from 'vitest';
import { SILENCE_FRAME } from '../../../src/index.js';
import { mistakes } from '../../../src/testing/rules/mistakes.js';
import type { BotMistake, Evidence } from '../../../src/testing/rules/rule.js';
import type { JournalEntry, OwnEvent } from '../../../src/testing/world/journal.js';
import { testFrame } from '../../../src/testing/index.js';

type Entry = readonly [at: number, event: OwnEvent, guildId?: string];
const journal = (entries: readonly Entry[]): JournalEntry[] => entries.map(([at, event, guildId = '10']) => ({ ...event, at, guildId, userId: '30' }) as JournalEntry);
const evidence = (entries: readonly Entry[], rest: Partial<Evidence> = {}): Evidence => ({ journal: journal(entries), end: 600_000, behind: [], listening: [], timers: [], overlaps: [], ...rest });
const found = (entries: readonly Entry[], rest: Partial<Evidence> = {}): BotMistake[] => mistakes(evidence(entries, rest), []).map(({ mistake }) => mistake);

const join: OwnEvent = { type: 'command', channelId: '20' };
const leave: OwnEvent = { type: 'command', channelId: null };
const kick: OwnEvent = { type: 'kick' };
const told: OwnEvent = { type: 'told', event: 'MESSAGE_CREATE' };
const lost: OwnEvent = { type: 'fault', what: 'the WebSocket was closed with 1006' };
const state = (changed: boolean): OwnEvent => ({ type: 'state', channelId: '20', changed });
const member = (memberId: string, inside: boolean): OwnEvent => ({ type: 'member', memberId, inside });
/** Frames 20 ms apart, followed by five silence frames if `silence` is true. */
const plays = (at: number, frames: readonly number[], silence = false): Entry[] =>
  [...frames.map(testFrame), ...(silence ? Array.from({ length: 5 }, () => SILENCE_FRAME) : [])].map((frame, i) => [at + 20 * i, { type: 'packet', frame }]);

describe('a bot that does nothing wrong', () => {
  it.each<[string, readonly Entry[]]>([
    ['joins, plays and leaves', [[0, join], [10, state(true)], ...plays(60, [0, 1, 2], true), [300, leave]]],
    ['moves, mutes itself, and plays upon that', [[0, join], [10, state(true)], [100, join], [110, state(true)], ...plays(115, [0, 1]), [300, leave]]],
    ['plays when it is let to speak on a stage', [[0, join], [100, state(true)], ...plays(110, [0, 1]), [300, leave]]],
    ['plays for who has just come', [[0, join], [100, state(false)], [105, member('1', true)], ...plays(110, [0, 1]), [300, leave]]],
    ['plays on while a voice state of its own comes', [[0, join], ...plays(60, [0, 1, 2]), [105, state(false)], ...plays(120, [3, 4]), [300, leave]]],
    ['comes back after a kick when it is told to', [[0, join], [100, kick], [5_000, told], [5_000, join], [6_000, leave]]],
    ['comes back long after a kick', [[0, join], [100, kick], [90_000, join], [95_000, leave]]],
    ['stays when it is thrown out of one guild, and is in another', [[0, join], [5, join, '11'], [100, kick, '11'], [300, leave]]],
    ['goes on with a song after a fault', [[0, join], ...plays(60, [0, 1, 2]), [110, lost], ...plays(200, [3, 4], true), [600, leave]]],
    ['plays the same jingle twice, a fault in the first', [[0, join], ...plays(60, [0, 1, 2]), [110, lost], ...plays(120, [3], true), ...plays(900, [0, 1, 2, 3], true), [1_500, leave]]],
    ['loops a song without a fault', [[0, join], ...plays(60, [0, 1, 0, 1, 0, 1]), [600, leave]]],
    ['stays a while in an empty channel', [[0, join], [100, member('1', true)], [400_000, member('1', false)]]],
    ['stays where nobody ever came', [[0, join]]],
    ['stays where somebody has come back', [[0, join], [100, member('1', true)], [200, member('1', false)], [300, member('1', true)]]],
    ['joins twenty times in a minute', Array.from({ length: 20 }, (_, i): Entry => [i * 3_000, i % 2 === 0 ? join : leave])],
  ])('%s', (_, entries) => expect(found(entries)).toEqual([]));
});

describe('a bot that', () => {
  it.each<[string, BotMistake, readonly Entry[], Partial<Evidence>]>([
    ['is still there', 'stays-behind', [], { behind: [{ userId: '30', guildId: '10', channelId: '20' }], timers: [700_000], listening: ['30'] }],
    ['still listens', 'leaks-subscription', [], { listening: ['30'] }],
    ['has set a timer', 'leaks-subscription', [], { timers: [700_000] }],
    ['plays two things', 'plays-over', [], { overlaps: [{ at: 7, since: 5 }] }],
    ['is alone for more than five minutes', 'stays-alone', [[0, join], [100, member('1', true)], [200_000, member('1', false)]], {}],
    ['begins the song again', 'restarts-song', [[0, join], ...plays(60, [0, 1, 2]), [110, lost], ...plays(200, [0, 1], true), [600, leave]], {}],
    ['begins it again after a frame more', 'restarts-song', [[0, join], ...plays(60, [0, 1, 2]), [110, lost], ...plays(120, [3, 0, 1]), [600, leave]], {}],
    ['answers itself after a silence', 'answers-itself', [[0, join], ...plays(60, [0], true), [500, state(false)], ...plays(500, [0, 1]), [600, leave]], {}],
    ['fights', 'fights-kick', [[0, join], [50, told], [100, kick], [100, join], [6_000, leave]], {}],
    ['leaves twice', 'leaves-elsewhere', [[0, join], [100, leave], [200, leave]], {}],
    ['leaves another guild', 'leaves-elsewhere', [[0, join], [100, leave, '11'], [200, leave]], {}],
    ['joins and leaves without end', 'floods-gateway', Array.from({ length: 22 }, (_, i): Entry => [i * 100, i % 2 === 0 ? join : leave]), {}],
  ])('%s makes the mistake %s, and no other', (_, mistake, entries, rest) => {
    expect(found(entries, rest)).toEqual([mistake]);
    expect(mistakes(evidence(entries, rest), [mistake])).toEqual([]);
  });
});
