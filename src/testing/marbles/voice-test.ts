/** A test of a bot in virtual time, for whatever runs tests. */
import type { RunHelpers } from 'rxjs/testing';
import { amount, fields, listOf, oneOf, type Check } from '../../checks/check.js';
import { steadyScheduler } from '../../steady-scheduler.js';
import { virtualSession, type VirtualSession } from '../double/virtual-session.js';
import { mistakes } from '../rules/mistakes.js';
import { BOT_MISTAKES, type BotMistake } from '../rules/rule.js';
import { WORLD_CHECKS } from '../world/check-world.js';
import { Journal } from '../world/journal.js';
import { VirtualUniverse } from '../world/virtual-voice.js';
import type { VirtualVoice, VirtualVoiceOptions } from '../world/virtual-world.js';
import { VIRTUAL_IDS } from '../world/voice-state.js';
import { DEFAULT_UNTIL, MarbleTime, tell } from './marble-time.js';

/** How the test is run, and what its voice server is like. */
export interface VoiceTestOptions extends Omit<VirtualVoiceOptions, 'scheduler'> {
  /**
   * Virtual ms after which the test is over, whatever goes on: it lets go of all streams that it expects something of, and so of the
   * sessions in them. What goes on without a subscriber fails it as a leak. Default 600 000, ten minutes.
   */
  readonly until?: number;
  /**
   * Mistakes that this bot is free to make: `['stays-alone']` for a radio that never leaves. All others fail the test, without being looked
   * for. Default none.
   */
  readonly allow?: readonly BotMistake[];
}

const checkOptions = fields({
  ...WORLD_CHECKS,
  until: amount('virtual ms, 0 or more', 0),
  allow: listOf(oneOf(BOT_MISTAKES), 'BotMistakes', 0),
} satisfies Readonly<Record<keyof VoiceTestOptions, Check>>);

/** What a test is given: the helpers of rxjs' `TestScheduler.run()`, and the world. */
export interface VoiceTestHelpers extends RunHelpers {
  /** The bot's gateway and voice server, and the other members. */
  readonly voice: VirtualVoice;
  /** A session without a gateway or a voice server, for the logic behind `useSession` alone. */
  readonly double: VirtualSession;
}

/**
 * Runs `body` in virtual time, at once, and throws what is wrong. It asks nothing of the runner, and brings its own comparison, in which
 * the matchers of vitest and jest (`expect.any`, …) may stand among the values: vitest, jest, node:test, mocha and others take it as the
 * whole of a test.
 *
 * ```ts
 * test('plays, and leaves', () =>
 *   voiceTest(({ voice, expectObservable }) => {
 *     expectObservable(voice.deeds$).toBe('a 159ms b', { a: 'joins 20', b: 'leaves 20' });
 *     expectObservable(bot(voice.gateway, voice.options)).toBe('60ms p 99ms |', { p: 'playing' });
 *   }));
 * ```
 *
 * All is synchronous: `body` returns before time begins, and is no async function.
 *
 * Every test looks for the {@link BotMistake}s besides, such as a bot that stays behind when all is over.
 *
 * @throws TimelineError where a stream did something else than expected, with both timelines drawn under each other; BotMistakeError; of
 *   several, an AggregateError of them. A VoiceOptionsError for options that are none. An Error where something goes round without waiting. What `body` throws
 */
export function voiceTest(body: (helpers: VoiceTestHelpers) => void, options: VoiceTestOptions = {}): void {
  checkOptions('', options);
  const { until = DEFAULT_UNTIL, allow = [], ...settings } = options;
  const journal = new Journal(steadyScheduler);
  const universe = new VirtualUniverse({ scheduler: steadyScheduler, ...settings }, journal);
  const { entries } = journal;
  let happened = entries;
  const time = new MarbleTime(until, () => (happened = [...entries]));
  time.run((helpers) => {
    const double = virtualSession();
    const returned: unknown = body({ ...helpers, voice: universe.voice(VIRTUAL_IDS.userId), double });
    if (isPromise(returned)) throw new TypeError(ASYNC);
    const { failures, timers, end } = time.finish();
    const evidence = { ...universe.remains, journal: happened, end, timers, overlaps: double.overlaps };
    // First what is wrong with the bot: what the streams did other than expected may come of it.
    tell([...mistakes(evidence, allow), ...failures]);
  });
}

const ASYNC =
  'the body of a voiceTest is async: virtual time would be over before it goes on after its first await. Leave async and await out';

function isPromise(value: unknown): boolean {
  return typeof value === 'object' && value !== null && typeof (value as Partial<Promise<unknown>>).then === 'function';
}
