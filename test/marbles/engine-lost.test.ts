/** A far side that dies is a fault of its sessions: they continue on the next one, and plays continue where they were. */
import { asyncScheduler, filter, map, merge, of, Subscription, switchMap, timer } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { connectVoice$, EngineLostError, type FrameInput, type PlayEvent, type VoiceSession } from '../../src/index.js';
import { lostForGood } from '../../src/engine/lost-for-good.js';
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

  // A song of 20 s, 13 of them undisturbed; each next far side begins 250, 500 and 750 ms after the one before was lost, and would be ready some 40 ms later.
  it('as soon as it has begun, each after a long quiet time: the session fails', () => {
    const { error, lives, released } = life([13_000, 13_260, 13_770, 14_530], { input: () => testFrames(1_000), until: 60_000 });
    expect(error).toBeInstanceOf(EngineLostError);
    expect([lives, released]).toEqual([4, 1]);
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

describe('no far side', () => {
  const none = new EngineLostError('there is none');

  /** No far side is available between these times. @returns what is reported, with its time */
  function without(from: number, to: number, error: unknown = none, until = 80_000): string[] {
    const told: string[] = [];
    virtualTime(({ flush }) => {
      const { voice, options } = world();
      const engine = mortalEngine(options, 5);
      const note = (what: string): void => void told.push(`${asyncScheduler.now()} ${what}`);
      const subscription = new Subscription();
      timer(from).subscribe(() => {
        engine.absent(error);
        engine.kill();
      });
      timer(to).subscribe(() => engine.absent(undefined));
      timer(1).subscribe(() =>
        subscription.add(
          connectVoice$(voice.gateway, IDS, { engine })
            .pipe(switchMap((session) => merge(session.state$.pipe(map(({ status }) => status)), session.play(testFrames(700)).pipe(filter(({ type }) => type !== 'sent'), map(({ type }) => type)))))
            .subscribe({ next: note, error: (thrown: unknown) => note(`fails: ${/: (.*?)\./.exec((thrown as Error).message)![1]}`) }),
        ),
      );
      timer(until).subscribe(() => subscription.unsubscribe());
      flush();
    });
    return told;
  }

  it('when a session begins: it is told at once, and not tried again', () => {
    expect(without(0, 100)).toEqual(['1 fails: there is none']);
  });

  it('for a minute, in mid-song: it goes on when there is one', () => {
    const told = without(2_000, 62_000);
    const between = told.filter((line) => line.endsWith('reconnecting'));
    expect(between.length).toBeGreaterThan(75);
    expect(told.slice(-4).map((line) => line.split(' ')[1])).toEqual(['reconnecting', 'ready', 'resumed', 'finished']);
    expect(Number.parseInt(told.at(-3)!, 10)).toBeLessThan(63_000);
  });

  it('ever again: the session fails with why', () => {
    expect(without(2_000, 62_000, lostForGood(new EngineLostError('closed for good'))).at(-1)).toBe('2250 fails: closed for good');
  });

  it('while the user leaves: nothing is looked for any more', () => {
    expect(without(2_000, 4_900, none, 4_500).at(-1)).toBe('4250 reconnecting');
  });
});

describe('a far side that is a way off', () => {
  // 6 ms: one message to it and its answer. So the signals are requested, and op 4 joins, at 6 ms.
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
