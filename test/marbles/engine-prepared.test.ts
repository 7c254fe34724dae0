/** A session that is about to move: its next place is prepared while it plays, and the preparation is then used or released. */
import { concat, ignoreElements, mergeMap, Observable, of, switchMap, timer } from 'rxjs';
import { describe, expect, it } from 'vitest';
import type { OpenSource } from '../../src/engine/serve-engine.js';
import { described } from '../../src/frames/description.js';
import { connectVoice$, type FrameInput, type PlayEvent } from '../../src/index.js';
import { testFrames } from '../../src/testing/index.js';
import { BOUND_MS, departingEngine, type Next } from '../support/departing-engine.js';
import { chronicle, IDS, virtualTime, world } from '../support/virtual-time.js';

const SONG = 250;
const ALL = Array.from({ length: SONG }, (_, i) => i);
/** ms until a source that is opened on the far side has its first frame. */
const OPENING_MS = 300;
const LEFT_AT = 12_000;

/** A source that describes itself, so that the far side can open it: read locally it is only silence. */
const song = (): FrameInput => described([Uint8Array.of(0xf8, 0xff, 0xfe)], { input: 'song', from: 'url', start: 0, options: {} });

interface Scene {
  readonly input?: FrameInput;
  readonly departAt?: number;
  /** The only place it may move to at `departAt`. */
  readonly to?: string;
  readonly killAt?: number;
  readonly leaveAt?: number;
  readonly kickAt?: number;
  /** Replaces the current play at that time. */
  readonly skipAt?: number;
  readonly next?: (asked: number) => Next;
}

function life({ input = song(), departAt = 400, to, killAt, leaveAt = LEFT_AT, kickAt, skipAt, next }: Scene) {
  const events: PlayEvent[] = [];
  const opened: string[] = [];
  let sources = 0;
  let left = 0;
  let lines: string[] = [];
  let engine!: ReturnType<typeof departingEngine>;
  const open: OpenSource = ({ input: name, start }) => {
    opened.push(`${name} ${start}`);
    const frames = testFrames(SONG).slice(start / 20);
    // Not all at once, so that a source that is not released is noticed.
    const frames$ = concat(timer(OPENING_MS).pipe(mergeMap(() => frames.slice(0, 100))), timer(1_500).pipe(mergeMap(() => frames.slice(100))));
    return new Observable((subscriber) => {
      sources += 1;
      subscriber.add(() => (sources -= 1));
      return frames$.subscribe(subscriber);
    });
  };
  virtualTime(({ flush }) => {
    const { voice, options } = world();
    lines = chronicle(voice);
    engine = departingEngine(options, 5, open, next);
    const other = described([Uint8Array.of(0xf8, 0xff, 0xfe)], { input: 'other', from: 'url', start: 0, options: {} });
    const turns$ = skipAt === undefined ? of(input) : concat(of(input), timer(skipAt).pipe(ignoreElements()), of(other));
    const subscription = connectVoice$(voice.gateway, IDS, { engine })
      .pipe(switchMap((session) => turns$.pipe(switchMap((turn) => session.play(turn)))))
      .subscribe({ next: (event) => events.push(event), error: (error: unknown) => expect(error).toBeUndefined() });
    timer(departAt).subscribe(() => (to === undefined ? engine.depart() : engine.direct(to)));
    if (killAt !== undefined) timer(killAt).subscribe(() => engine.kill());
    if (kickAt !== undefined) timer(kickAt).subscribe(() => voice.kick());
    timer(leaveAt).subscribe(() => subscription.unsubscribe());
    timer(leaveAt + 100).subscribe(() => (left = sources));
    flush();
  });
  const frames = lines.flatMap((line) => {
    const [, at, frame] = /^(\d+) rtp.*frame (\d+)/.exec(line) ?? [];
    return at === undefined ? [] : [{ at: Number(at), frame: Number(frame) }];
  });
  const gap = Math.max(0, ...frames.slice(1).map(({ at }, i) => at - frames[i]!.at));
  const sockets = lines.filter((line) => / socket[+-]/.test(line)).map((line) => line.split(' ')[1]!);
  return { lines, events, opened, sources: left, frames: frames.map(({ frame }) => frame), gap, sockets, places: engine.places, preparations: engine.preparations, directions: engine.directions };
}

/** The result without preparation. */
const plain = (): ReturnType<typeof life> => life({ next: () => 'refuses' });
/** Nothing is left over, wherever it was started. */
const released = ({ sources, sockets, places, preparations }: ReturnType<typeof life>): void => {
  expect(sources).toBe(0);
  expect(sockets.filter((event) => event === 'socket+')).toHaveLength(sockets.filter((event) => event === 'socket-').length);
  expect(places.held).toBe(0);
  expect(preparations.closed).toBe(preparations.begun);
};

/** When the session ended on its first far side. */
const movedAt = ({ lines }: ReturnType<typeof life>): number => Number(lines.find((line) => /udp-/.test(line))!.split(' ')[0]);

describe('a session that moves to where it is prepared', () => {
  it('goes on at the very frame, by a source and a socket that were opened while it played', () => {
    const { frames, opened, lines, gap, events, ...rest } = life({});
    expect(frames).toEqual(ALL);
    // Once at the start, and once ahead, from a position that had been reached by then.
    expect(opened).toHaveLength(2);
    expect(Number(opened[1]!.split(' ')[1])).toBeGreaterThan(0);
    expect(gap).toBeLessThan(plain().gap - OPENING_MS);
    // Both WebSockets of the next far side are opened before the first one closes; one of them is not needed.
    expect(lines.filter((line) => /socket[+-]/.test(line)).map((line) => line.split(' ')[1])).toEqual(['socket+', 'socket+', 'socket+', 'socket-', 'socket-', 'socket-']);
    expect(events.filter((event) => event.type === 'sent').map(({ position }) => position)).toEqual(ALL.map((i) => i * 20));
    expect(events.at(-1)).toEqual({ type: 'finished', frames: SONG, heard: SONG * 20 });
    released({ frames, opened, lines, gap, events, ...rest });
  });

  it('is prepared, since it must go, also where no more is taken of those that need not', () => {
    expect(life({ next: () => 'full' }).lines).toEqual(life({}).lines);
  });

  it('identifies there when it has ended here, and not before', () => {
    const { lines } = life({});
    const at = (text: RegExp): number[] => lines.flatMap((line, i) => (text.test(line) ? [i] : []));
    const [, second] = at(/> 0/);
    expect(at(/udp-/)[0]).toBeLessThan(second!);
    expect(at(/socket-/)[0]).toBeLessThan(second!);
    expect(at(/rtp/).filter((i) => i > at(/udp-/)[0]! && i < second!)).toEqual([]);
  });

  it('is given frames from home while it joins', () => {
    const own = testFrames(SONG);
    const [prepared, unprepared] = [life({ input: own }), life({ input: own, next: () => 'refuses' })];
    for (const one of [prepared, unprepared]) {
      expect(one.frames).toEqual(ALL);
      expect(one.opened).toEqual([]);
      released(one);
    }
    expect(prepared.gap).toBeLessThan(unprepared.gap);
  });

  it('plays what the listener has chosen meanwhile, and lets go of what was opened for the song before', () => {
    const one = life({ skipAt: 560 });
    expect(one.opened.map((line) => line.split(' ')[0])).toEqual(['song', 'song', 'other', 'other']);
    expect(one.frames.slice(-SONG)).toEqual(ALL);
    released(one);
  });
});

describe('a session that cannot be prepared moves all the same', () => {
  it.each<[Next, number]>([
    ['refuses', 0],
    ['stalls', BOUND_MS],
    // Another place is looked for, and the source is opened again there.
    ['dies', OPENING_MS],
  ])('where the next one %s', (kind, waits) => {
    // The first request fails in this way; the second one succeeds.
    const one = life({ next: (asked) => (asked === 1 ? kind : 'prepares') });
    expect(one.frames).toEqual(ALL);
    expect(movedAt(one)).toBeGreaterThanOrEqual(400 + waits);
    expect(movedAt(one)).toBeLessThan(400 + waits + 200);
    released(one);
  });

  it('where the one that it runs on dies meanwhile', () => {
    const one = life({ killAt: 480 });
    expect(new Set(one.frames)).toEqual(new Set(ALL));
    released(one);
  });
});

describe('a session that is told where to go', () => {
  it('goes there at the very frame, as one that moves', () => {
    const one = life({ to: 'b' });
    expect(one.directions).toEqual([undefined, 'b']);
    expect(one.frames).toEqual(ALL);
    expect(one.gap).toBe(life({}).gap);
    expect(movedAt(one)).toBe(movedAt(life({})));
    released(one);
  });

  it.each<[string, Next, string]>([
    ['refuses', 'refuses', 'b'],
    ['takes no more at once of those that need not come', 'full', 'b'],
    ['is not ready in time', 'stalls', 'b'],
    ['dies', 'dies', 'b'],
    ['is not there', 'prepares', 'nowhere'],
  ])('stays where that %s: nothing is heard of it, and no other is looked for', (_, kind, to) => {
    const one = life({ to, next: (asked) => (asked === 1 ? kind : 'prepares') });
    const still = life({ departAt: LEFT_AT + 50 });
    expect(one.directions).toEqual([undefined, to]);
    expect(one.lines.filter((line) => / (rtp|udp|op4|>)/.test(line))).toEqual(still.lines.filter((line) => / (rtp|udp|op4|>)/.test(line)));
    released(one);
  });

  it.each([405, 500, 690])('and is left at %i ms lets go of what was prepared', (leaveAt) => {
    released(life({ to: 'b', leaveAt }));
    released(life({ to: 'b', leaveAt, next: () => 'stalls' }));
  });
});

describe('what is prepared for a session that does not come is let go of', () => {
  it.each([405, 420, 500, 690, 710, 730, 800])('as it is left at %i ms', (leaveAt) => {
    const one = life({ leaveAt });
    expect(one.frames).toEqual(ALL.slice(0, one.frames.length));
    expect(one.lines.filter((line) => /op4 null/.test(line))).toHaveLength(1);
    released(one);
  });

  it.each([10, 30, 60])('as it is left, or plays something else, %i ms after it has moved, and is not ready', (ms) => {
    const at = movedAt(life({})) + ms;
    const left = life({ leaveAt: at });
    // The preparation was under way.
    expect(left.lines.filter((line) => /> 0/.test(line)).length).toBe(ms === 10 ? 1 : 2);
    expect(left.frames).toEqual(ALL.slice(0, left.frames.length));
    released(left);
    const other = life({ skipAt: at });
    expect(other.opened.map((line) => line.split(' ')[0])).toEqual(['song', 'song', 'other']);
    expect(other.frames.slice(-SONG)).toEqual(ALL);
    released(other);
  });

  it.each([405, 500, 690])('as it ends at %i ms', (kickAt) => {
    released(life({ kickAt }));
  });
});
