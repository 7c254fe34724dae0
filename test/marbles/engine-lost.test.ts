/** A far side that dies is a fault of its sessions: they go on in the next one, and what plays where it was. */
import { asyncScheduler, of, switchMap, timer } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { connectVoice$, EngineLostError, type FrameInput, type PlayEvent, type VoiceSession } from '../../src/index.js';
import { testFrames } from '../../src/testing/index.js';
import { mortalEngine } from '../support/mortal-engine.js';
import { chronicle, IDS, virtualTime, world } from '../support/virtual-time.js';

interface Life {
  readonly events: readonly PlayEvent[];
  readonly states: readonly string[];
  readonly sessions: number;
  readonly lines: readonly string[];
  readonly error: unknown;
  readonly lives: number;
  readonly released: number;
}

/** Plays, and loses the far side at these times. */
function life(deaths: readonly number[], { ahead = 5, input = (): FrameInput => testFrames(60), until = 4_000 } = {}): Life {
  const events: PlayEvent[] = [];
  const states: string[] = [];
  let lines: string[] = [];
  let [sessions, lives, released] = [0, 0, 0];
  let error: unknown;
  virtualTime(({ flush }) => {
    const { voice, options } = world();
    lines = chronicle(voice);
    const engine = mortalEngine(options, ahead);
    const frames = input();
    const watched = Symbol.iterator in frames ? { *[Symbol.iterator]() { try { yield* frames; } finally { released += 1; } } } : frames; // prettier-ignore
    const play = (session: VoiceSession): ReturnType<VoiceSession['play']> => {
      sessions += 1;
      session.state$.subscribe(({ status }) => states.push(`${asyncScheduler.now()} ${status}`));
      return session.play(watched);
    };
    const subscription = connectVoice$(voice.gateway, IDS, { engine })
      .pipe(switchMap(play))
      .subscribe({ next: (event) => events.push(event), error: (thrown: unknown) => (error = thrown) });
    for (const at of deaths) timer(at).subscribe(() => engine.kill());
    timer(until).subscribe(() => {
      subscription.unsubscribe();
      lives = engine.lives;
    });
    flush();
    lives ||= engine.lives;
  });
  return { events, states, sessions, lines, error, lives, released };
}

const sentFrames = (lines: readonly string[]): number[] => lines.flatMap((line) => (/frame (\d+)/.exec(line) === null ? [] : [Number(/frame (\d+)/.exec(line)![1])]));
const ALL = Array.from({ length: 60 }, (_, i) => i);

describe('a far side that is lost', () => {
  it.each([61, 100, 333, 700])('in mid-song, at %i ms: the session is the same one, and the song goes on where it was, no frame lost or twice', (at) => {
    const { events, states, sessions, lines, error, lives, released } = life([at]);
    expect(error).toBeUndefined();
    expect({ sessions, lives, released }).toEqual({ sessions: 1, lives: 2, released: 1 });
    expect(sentFrames(lines)).toEqual(ALL);
    expect(states.map((state) => state.split(' ')[1])).toEqual(['ready', 'reconnecting', 'ready', 'ended']);
    const sent = events.filter((event) => event.type === 'sent');
    expect(sent.map(({ position }) => position)).toEqual(ALL.map((i) => i * 20));
    expect(events.filter(({ type }) => type !== 'sent').map(({ type }) => type)).toEqual(['started', 'suspended', 'resumed', 'finished']);
    expect(events.at(-1)).toEqual({ type: 'finished', frames: 60, heard: 1_200 });
  });

  it('twice, and of sources of each kind', () => {
    for (const input of [() => testFrames(60), () => of(...testFrames(60))]) {
      const { lines, events, lives } = life([150, 1_500], { input });
      expect(sentFrames(lines)).toEqual(ALL);
      expect([events.at(-1)?.type, lives]).toEqual(['finished', 3]);
    }
  });

  it('again and again: the session fails with what happened, and lets go of the source', () => {
    const { error, lives, released, lines } = life([100, 600, 1_300, 2_200], { until: 8_000 });
    expect(error).toBeInstanceOf(EngineLostError);
    expect([lives, released]).toEqual([4, 1]);
    expect(lines.at(-1)).toContain('op4 null');
  });

  it('before the session is ready: the next one is joined all the same', () => {
    const { lines, lives, sessions } = life([30]);
    expect([lives, sessions]).toEqual([2, 1]);
    expect(sentFrames(lines)).toEqual(ALL);
  });

  it('while the user leaves: nothing is begun any more', () => {
    const { lives, error } = life([100], { until: 200 });
    expect([lives, error]).toEqual([1, undefined]);
  });
});

describe('a far side that is a way off', () => {
  // 6 ms: what is said to it, and its answer. So the signals are asked for, and op 4 joins, at 6 ms.
  it.each([3, 7, 20, 45, 100, 300])('who leaves at %i ms has left at once, and is not taken out of what he joins next', (at) => {
    const states: string[] = [];
    let lines: string[] = [];
    virtualTime(({ flush }) => {
      const { voice, options } = world();
      lines = chronicle(voice);
      const engine = mortalEngine(options, 5, undefined, 3);
      const session$ = connectVoice$(voice.gateway, IDS, { engine });
      const first = session$.pipe(switchMap((session) => session.play(testFrames(60)))).subscribe();
      timer(at).subscribe(() => {
        first.unsubscribe();
        const second = session$.pipe(switchMap(({ state$ }) => state$)).subscribe(({ status }) => states.push(status));
        timer(1_000).subscribe(() => second.unsubscribe());
      });
      flush();
    });
    const commands = lines.filter((line) => line.includes('op4'));
    const times = commands.map((line) => `${Number.parseInt(line, 10)} ${/op4 \S+/.exec(line)![0]}`);
    const joined = at < 6 ? [] : ['6 op4 20', `${at} op4 null`];
    expect(times).toEqual([...joined, `${at + 6} op4 20`, `${at + 1_000} op4 null`]);
    expect(states).not.toContain('ended');
    expect(states.at(-1)).toBe('ready');
  });
});
