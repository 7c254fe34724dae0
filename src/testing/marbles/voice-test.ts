/** Tests a bot in virtual time, with any test runner. */
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

/** Options of {@link voiceTest}, and of its simulated voice server; every field has a default. */
export interface VoiceTestOptions extends Omit<VirtualVoiceOptions, 'scheduler'> {
  /**
   * Virtual ms after which the test ends, whatever still runs: it unsubscribes from all streams that have an expectation, and so leaves the
   * sessions in them. What goes on without a subscriber fails the test as a leak. Default 600 000, ten minutes.
   */
  readonly until?: number;
  /**
   * Mistakes that this bot makes on purpose: `['stays-alone']` for a radio that never leaves. All others fail the test, without an
   * expectation. Default none.
   */
  readonly allow?: readonly BotMistake[];
}

const checkOptions = fields({
  ...WORLD_CHECKS,
  until: amount('virtual ms, 0 or more', 0),
  allow: listOf(oneOf(BOT_MISTAKES), 'BotMistakes', 0),
} satisfies Readonly<Record<keyof VoiceTestOptions, Check>>);

/** The argument of a test: the helpers of rxjs' `TestScheduler.run()`, and the simulated world. */
export interface VoiceTestHelpers extends RunHelpers {
  /** The bot's gateway and voice server, and the other members. */
  readonly voice: VirtualVoice;
  /** A session without a gateway or a voice server, to test only code that uses a session. */
  readonly double: VirtualSession;
}

/**
 * Runs `body` in virtual time, synchronously, and throws if something is wrong. It can be the whole body of a test in vitest, jest, node:test,
 * mocha and others, because it has its own comparison. Expected values may be matchers of vitest and jest (`expect.any`, …).
 *
 * ```ts
 * test('plays, and leaves', () =>
 *   voiceTest(({ voice, expectObservable }) => {
 *     expectObservable(voice.deeds$).toBe('a 159ms b', { a: 'joins 20 of guild 10', b: 'leaves guild 10' });
 *     expectObservable(bot(voice.gateway, voice.options)).toBe('60ms p 99ms |', { p: 'playing' });
 *   }));
 * ```
 *
 * `body` must be synchronous: virtual time starts when it has returned.
 *
 * Every test also checks for {@link BotMistake}s, such as a bot that is still in a channel at the end.
 *
 * @throws TimelineError if a stream differs from what was expected, with both timelines drawn one below the other; BotMistakeError; an
 *   AggregateError if there are several. A VoiceOptionsError for a wrong option. An Error if something loops without waiting. What `body` throws
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
    // Mistakes of the bot first: they may be the cause of the failed expectations.
    tell([...mistakes(evidence, allow), ...failures]);
  });
}

const ASYNC =
  'the body of a voiceTest is async: virtual time would be over before it goes on after its first await. Leave async and await out';

function isPromise(value: unknown): boolean {
  return typeof value === 'object' && value !== null && typeof (value as Partial<Promise<unknown>>).then === 'function';
}
