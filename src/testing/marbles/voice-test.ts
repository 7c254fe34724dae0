/** A test of a bot in virtual time, for whatever runs tests. */
import type { RunHelpers } from 'rxjs/testing';
import { steadyScheduler } from '../../steady-scheduler.js';
import { virtualVoice } from '../world/virtual-voice.js';
import type { VirtualVoice, VirtualVoiceOptions } from '../world/virtual-world.js';
import { DEFAULT_UNTIL, MarbleTime, tell } from './marble-time.js';

/** How the test is run, and what its voice server is like. */
export interface VoiceTestOptions extends Omit<VirtualVoiceOptions, 'scheduler'> {
  /**
   * Virtual ms after which the test is over, whatever goes on: it lets go of all streams that it expects something of, and so of the
   * sessions in them. What goes on without a subscriber fails it as a leak. Default 600 000, ten minutes.
   */
  readonly until?: number;
}

/** What a test is given: the helpers of rxjs' `TestScheduler.run()`, and the world. */
export interface VoiceTestHelpers extends RunHelpers {
  /** The bot's gateway and voice server, and the other members. */
  readonly voice: VirtualVoice;
}

/**
 * Runs `body` in virtual time, at once, and throws what is wrong. It asks nothing of the runner and brings its own comparison, in which the
 * matchers of vitest and jest (`expect.any`, …) may stand among the values: vitest, jest, node:test, mocha and others take it as the whole of a test.
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
 * @throws TimelineError where a stream did something else than expected, with both timelines drawn under each other; of several, an
 *   AggregateError of them. An Error where subscriptions leak, or something goes round without waiting. What `body` throws
 */
export function voiceTest(body: (helpers: VoiceTestHelpers) => void, options: VoiceTestOptions = {}): void {
  const { until = DEFAULT_UNTIL, ...world } = options;
  const time = new MarbleTime(until);
  time.run((helpers) => {
    const voice = virtualVoice({ scheduler: steadyScheduler, ...world });
    const returned: unknown = body({ ...helpers, voice });
    if (isPromise(returned)) throw new TypeError('the body of a voiceTest is async: virtual time would be over before it goes on after its first await. Leave async and await out');
    tell(time.finish());
  });
}

function isPromise(value: unknown): boolean {
  return typeof value === 'object' && value !== null && typeof (value as Partial<Promise<unknown>>).then === 'function';
}
