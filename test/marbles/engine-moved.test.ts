/** A far side that is about to end has its sessions continue elsewhere: they keep their membership, and the song continues at the exact frame. */
import { asyncScheduler, switchMap, timer, type Observable } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { HeldSignals } from '../../src/engine/held-signals.js';
import type { OpenSource } from '../../src/engine/serve-engine.js';
import { described } from '../../src/frames/description.js';
import { connectVoice$, type FrameInput, type PlayEvent } from '../../src/index.js';
import { testFrames } from '../../src/testing/index.js';
import type { VoiceSignal } from '../../src/types.js';
import { mortalEngine } from '../support/mortal-engine.js';
import { chronicle, IDS, virtualTime, world } from '../support/virtual-time.js';

/** A source that describes itself, so that the far side can open it: read locally it is only silence. */
const song = (): FrameInput => described([Uint8Array.of(0xf8, 0xff, 0xfe)], { input: 'song', from: 'url', start: 0, options: {} });
const openSong: OpenSource = ({ start }) => testFrames(60).slice(start / 20);

function life(moves: readonly number[], deaths: readonly number[] = [], input: FrameInput = testFrames(60), open?: OpenSource, until = 4_000): { lines: readonly string[]; states: readonly string[]; events: readonly PlayEvent[]; lives: number } {
  const events: PlayEvent[] = [];
  const states: string[] = [];
  let lines: string[] = [];
  let lives = 0;
  virtualTime(({ flush }) => {
    const { voice, options } = world();
    lines = chronicle(voice);
    const engine = mortalEngine(options, 5, open);
    const subscription = connectVoice$(voice.gateway, IDS, { engine })
      .pipe(
        switchMap((session) => {
          session.state$.subscribe(({ status }) => states.push(status));
          return session.play(input);
        }),
      )
      .subscribe({ next: (event) => events.push(event), error: (error: unknown) => expect(error).toBeUndefined() });
    for (const at of moves) timer(at).subscribe(() => engine.move());
    for (const at of deaths) timer(at).subscribe(() => engine.kill());
    timer(until).subscribe(() => {
      subscription.unsubscribe();
      lives = engine.lives;
    });
    expect(asyncScheduler.now()).toBe(0);
    flush();
  });
  return { lines, states, events, lives };
}

const sentFrames = (lines: readonly string[]): number[] => lines.flatMap((line) => (/frame (\d+)/.exec(line) === null ? [] : [Number(/frame (\d+)/.exec(line)![1])]));
const joins = (lines: readonly string[]): string[] => lines.flatMap((line) => (/op4 \S+/.exec(line) === null ? [] : [/op4 \S+/.exec(line)![0]]));
const ALL = Array.from({ length: 60 }, (_, i) => i);

describe('a session that is to go on elsewhere', () => {
  it.each([[[100]], [[61, 400, 900]]])('at %j: no frame is lost or twice, and the bot never leaves the channel', (moves) => {
    const { lines, states, events, lives } = life(moves);
    expect(lives).toBe(moves.length + 1);
    expect(sentFrames(lines)).toEqual(ALL);
    expect(new Set(joins(lines).slice(0, -1))).toEqual(new Set([joins(lines)[0]]));
    expect(joins(lines)).toHaveLength(2);
    expect(states).toEqual(['ready', ...moves.flatMap(() => ['reconnecting', 'ready']), 'ended']);
    expect(events.at(-1)).toEqual({ type: 'finished', frames: 60, heard: 1_200 });
  });

  it.each([[[100], []], [[61, 400], [900]], [[], [333]]])('plays what is opened over there from where it was: moves at %j, losses at %j', (moves, deaths) => {
    const { lines, events } = life(moves, deaths, song(), openSong);
    expect(sentFrames(lines)).toEqual(ALL);
    expect(events.filter((event) => event.type === 'sent').map(({ position }) => position)).toEqual(ALL.map((i) => i * 20));
    expect(events.at(-1)).toEqual({ type: 'finished', frames: 60, heard: 1_200 });
  });

  /**
   * ```
   * lost    -x-x-x------------------x--      in seconds; a fourth time within ten seconds would be the last
   * moves   -----------------m-m-m-----
   * ```
   */
  it.each([[[]], [[17_000, 19_000, 21_000]], [[13_000, 14_000, 23_900]]])('at %j, and is lost soon after: what it lost long before does not count', (moves) => {
    const lost = [1_000, 3_000, 5_000];
    const { states } = life(moves, [...lost, 24_000], testFrames(60), undefined, 26_000);
    expect(states).toEqual(['ready', ...[...lost, ...moves, 24_000].flatMap(() => ['reconnecting', 'ready']), 'ended']);
  });

  it('and is lost where it goes on: it joins anew, as ever', () => {
    const { lines, events } = life([100], [101, 700]);
    expect(sentFrames(lines)).toEqual(ALL);
    expect(events.at(-1)?.type).toBe('finished');
  });
});

describe('signals that are held', () => {
  const server = (token: string): VoiceSignal => ({ endpoint: 'e', token, sessionId: 's', guildId: '1', channelId: '2', userId: '3' });
  const values: Record<string, VoiceSignal> = { a: server('a'), b: server('b'), g: { gone: 'channel' }, x: { suppressed: true } };
  const marbles = (body: (held: HeldSignals, expectThat: (subject$: Observable<VoiceSignal>, from: string, marbles: string) => void, hold: (at: number) => void) => string[], source: string): void => {
    virtualTime(({ hot, expectObservable, expectSubscriptions }) => {
      const source$ = hot(source, values);
      const held = new HeldSignals(source$);
      const subscriptions = body(
        held,
        (subject$, from, diagram) => expectObservable(subject$, from).toBe(diagram, values),
        (at) => void timer(at).subscribe(() => held.hold()),
      );
      expectSubscriptions(source$.subscriptions).toBe(subscriptions);
    });
  };

  it('are subscribed to anew by each, where nobody holds them', () => {
    marbles((held, see) => {
      see(held.signals$, '^----!', '--a');
      see(held.signals$, '-------^----!', '---------b');
      return ['^----!', '-------^----!'];
    }, '--a------b-----');
  });

  it('go on for the next one, who is told the latest of each kind first', () => {
    marbles((held, see, hold) => {
      hold(6);
      see(held.signals$, '^-------!', '--ab-x');
      see(held.signals$, '-----------^------!', '-----------(xbg)-');
      return ['^-----------------!'];
    }, '--ab-x--b-g--------');
  });

  it('are let go of by the next one as ever, and by who gives up', () => {
    marbles((held, see, hold) => {
      hold(1);
      timer(7).subscribe(() => held.release());
      see(held.signals$, '^--!', '--a');
      return ['^------!'];
    }, '--a-----------');
  });
});
