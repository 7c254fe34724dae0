/** The far side runs but is unreachable: a play of local frames waits once the frames already sent to it are played, and says so. */
import { asyncScheduler, BehaviorSubject, EMPTY, NEVER, of, Subject, switchMap, timer, type Observable } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { Held } from '../../src/engine/held.js';
import { described } from '../../src/frames/description.js';
import { connectVoice$, type FrameInput, type LogEvent } from '../../src/index.js';
import { testFrames } from '../../src/testing/index.js';
import { mortalEngine } from '../support/mortal-engine.js';
import { chronicle, IDS, virtualTime, world } from '../support/virtual-time.js';

const AHEAD = 10;
const ALL = Array.from({ length: 60 }, (_, i) => i);

/** Plays while the far side is unreachable in these periods. */
function life(away: readonly (readonly [number, number])[], { input = testFrames(60) as FrameInput, opened = false, kill = 0, until = 6_000 } = {}) {
  const told: string[] = [];
  const held: string[] = [];
  let lines: string[] = [];
  virtualTime(({ flush }) => {
    const { voice, options } = world();
    lines = chronicle(voice);
    const engine = mortalEngine(options, AHEAD, opened ? ({ start }) => testFrames(60).slice(start / 20) : undefined);
    const log = (event: LogEvent): void => void (event.type === 'held' && held.push(`${event.at} ${event.held}`));
    const subscription = connectVoice$(voice.gateway, IDS, { engine, log })
      .pipe(switchMap((session) => session.play(input)))
      .subscribe((event) => told.push(event.type === 'sent' ? `${event.position / 20}` : `${event.type} ${asyncScheduler.now()}`));
    for (const [from, to] of away) {
      timer(from).subscribe(() => engine.reach(false));
      timer(to).subscribe(() => engine.reach(true));
    }
    if (kill > 0) timer(kill).subscribe(() => engine.kill());
    timer(until).subscribe(() => subscription.unsubscribe());
    flush();
  });
  const sent = lines.flatMap((line) => /frame (\d+)/.exec(line)?.[1] ?? []).map(Number);
  return { told, held, sent };
}

const places = (told: readonly string[]): string[] => told.filter((event) => /^(suspended|resumed)/.test(event));

describe('a play that is fed from here, with the far side out of reach', () => {
  it('is told to be held when the frames that were there are played, and to go on with the first one behind them', () => {
    const { told, held, sent } = life([[503, 1_503]]);
    expect(sent).toEqual(ALL);
    expect(held.map((line) => line.split(' ')[1])).toEqual(['true', 'false']);
    const at = told.findIndex((event) => event.startsWith('suspended'));
    const on = told.findIndex((event) => event.startsWith('resumed'));
    const heldAt = Number(held[0]!.split(' ')[0]);
    expect(heldAt).toBeGreaterThan(503);
    expect(heldAt).toBeLessThanOrEqual(503 + AHEAD * 20);
    // Frames sent before the hold are reported before `resumed`.
    const between = told.slice(at + 1, on).filter((event) => /^\d/.test(event)).map(Number);
    expect(between.length).toBeGreaterThan(0);
    expect(between.length).toBeLessThanOrEqual(AHEAD);
    expect(told[on + 1]).toBe(String(between.at(-1)! + 1));
    expect(told.at(-1)).toMatch(/^finished/);
    expect(told.filter((event) => /^\d/.test(event)).map(Number)).toEqual(ALL);
  });

  it('says nothing where it is reached again in time, and says so each time where it is not', () => {
    expect(life([[503, 560]])).toMatchObject({ held: [], sent: ALL });
    expect(places(life([[303, 900], [1_203, 2_000]]).told).map((line) => line.split(' ')[0])).toEqual(['suspended', 'resumed', 'suspended', 'resumed']);
  });

  it('says nothing where all of it is there already, or it is opened there', () => {
    expect(life([[1_200, 3_000]]).held).toEqual([]);
    const input = described([Uint8Array.of(0xf8, 0xff, 0xfe)], { input: 'song', from: 'url', start: 0, options: {} });
    const { told, held, sent } = life([[503, 1_503]], { input, opened: true });
    expect([held, places(told), sent]).toEqual([[], [], ALL]);
  });

  it('and then lost: it is suspended once, and goes on elsewhere, no frame twice that was told', () => {
    const { told, held } = life([[503, 1_503]], { kill: 1_000 });
    expect(places(told).map((line) => line.split(' ')[0])).toEqual(['suspended', 'resumed']);
    expect(held.map((line) => line.split(' ')[1])).toEqual(['true', 'false']);
    expect(told.at(-1)).toMatch(/^finished/);
  });

  it('is let go of by who unsubscribes meanwhile', () => {
    expect(life([[503, 3_000]], { until: 550 }).held).toEqual([]);
  });
});

describe('what is held', () => {
  const table: readonly (readonly [string, string, string, number, string])[] = [
    ['is nothing while nobody says that it is out of reach', '-', '--s--s--', 3, '-'],
    ['is nothing where it ends at once', '|', '--s--s--', 3, '-'],
    ['is held once the stock is played, and goes on with a frame behind it', 't--f------t----', '------------sss', 2, '-----t--------f'],
    ['is held at once where there is no stock', 't--f--t', '-------s', 0, '---t---f'],
    ['is not held where it is reached in time', 't--f-t--f----------', '', 4, '------------t'],
    ['does not end where it is closed for good', 't--#', '', 2, '-'],
  ];
  it.each(table)('%s', (_, up, sent, frames, told) => {
    virtualTime(({ hot, expectObservable }) => {
      const told$ = new Subject<boolean>();
      const held = new Held(asyncScheduler, () => ({ frames, ms: frames }), (value) => told$.next(value));
      const up$ = up === '-' ? NEVER : up === '|' ? EMPTY : hot(up, { t: true, f: false });
      held.watch(up$);
      hot(sent).subscribe(() => held.sent());
      expectObservable(told$).toBe(told, { t: true, f: false });
    });
  });

  it('begins anew with the next far side, and lets go of the one before', () => {
    virtualTime(({ flush }) => {
      const told: boolean[] = [];
      const held = new Held(asyncScheduler, () => ({ frames: 3, ms: 3 }), (value) => told.push(value));
      const before$ = new BehaviorSubject(false);
      held.watch(before$);
      timer(10).subscribe(() => {
        held.watch(of(true) as Observable<boolean>);
        expect([before$.observed, held.sent()]).toEqual([false, false]);
      });
      flush();
      expect(told).toEqual([true, false]);
    });
  });
});
