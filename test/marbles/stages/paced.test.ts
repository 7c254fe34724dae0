import { asyncScheduler, BehaviorSubject, map, Subject, take, takeUntil, timer, type Observable } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { paced$, type Paced, type PacedOptions } from '../../../src/driver.js';
import type { PlayEnd } from '../../../src/index.js';
import { testFrame, testFrames } from '../../../src/testing/index.js';
import { sevenCases } from '../../support/seven-cases.js';
import { virtualTime } from '../../support/virtual-time.js';

/** `speaking 1`, `silence`, `frame 0`, `frame 1 after 480`. */
const text = map((paced: Paced): string => {
  if (paced.type === 'speaking') return `speaking ${paced.speaking}`;
  const what = paced.frame.length === 3 ? 'silence' : `frame ${paced.frame[2]}`;
  return paced.gap === 0 ? what : `${what} after ${paced.gap}`;
});
const to = { o: 'speaking 0', I: 'speaking 1', a: 'frame 0', b: 'frame 1', s: 'silence' };
/** The silence frames after the last frame; 20 ms per frame. */
const SILENCE = 's 19ms s 19ms s 19ms s 19ms ';

sevenCases('paced$', {
  from: { a: testFrame(0), b: testFrame(1) },
  to,
  // Gaps have their own tests below; here a frame that comes 2 ms after the first tick always follows a gap.
  over: (frames$: Observable<Uint8Array>) => paced$(frames$).pipe(text, map((line) => line.replace(/ after.*/, ''))), // prettier-ignore
  rows: {
    never: { source: '-', result: 'o', listens: '^' },
    empty: { source: '--|', result: 'o-|', listens: '^-!' },
    one: { source: '--a|', result: `o-(Ia) 16ms ${SILENCE}(so|)`, listens: '^--!' },
    error: { source: '--a#', result: `o-(Ia) 16ms ${SILENCE}(so#)`, listens: '^--!' },
    endless: { source: 'ab 18ms ab 18ms ab 18ms ab', until: '^ 70ms !', result: '(oIa) 15ms b 19ms a 19ms b', listens: '^ 70ms !' },
    'early unsubscribe': { source: '--a 19ms b', until: '^ 30ms !', result: 'o-(Ia) 16ms b', listens: '^ 30ms !' },
    'unsubscribe while waiting': { source: '--a', until: '^ 10ms !', result: 'o-(Ia)', listens: '^ 10ms !' },
  },
});

/** The stream as lines, each with its time. */
function run(frames: Parameters<typeof paced$>[0], options: PacedOptions = {}, act: (at: (ms: number, act: () => void) => void) => void = () => undefined): string[] {
  const lines: string[] = [];
  const note = (line: string): void => void lines.push(`${asyncScheduler.now()} ${line}`);
  virtualTime(({ flush }) => {
    act((ms, then) => timer(ms).subscribe(then));
    paced$(frames, options)
      .pipe(text, takeUntil(timer(1_000)))
      .subscribe({ next: note, error: (error: unknown) => note(`error ${(error as Error).name}`), complete: () => note('complete') });
    flush();
  });
  return lines;
}

const silenceFrom = (ms: number): string[] => [0, 20, 40, 60, 80].map((after) => `${ms + after} silence`);

describe('paced$', () => {
  it('asks an iterable for a frame when it is due, and not before', () => {
    const asked: number[] = [];
    function* frames(): Generator<Uint8Array> {
      for (const frame of testFrames(2)) {
        asked.push(asyncScheduler.now());
        yield frame;
      }
    }
    expect(run(frames())).toEqual(['0 speaking 0', '0 speaking 1', '0 frame 0', '20 frame 1', ...silenceFrom(40), '120 speaking 0', '120 complete']);
    expect(asked).toEqual([0, 20]);
  });

  it('plays nothing to who lets go at the first word', () => {
    const source = { opened: 0, [Symbol.iterator]: () => ((source.opened += 1), testFrames(3)[Symbol.iterator]()) };
    virtualTime(({ expectObservable, flush }) => {
      expectObservable(paced$(source).pipe(text, take(1))).toBe('(o|)', to);
      flush();
    });
    expect(source.opened).toBe(0);
  });

  it('holds while it may not send, and goes on with the next frame; the gap is told', () => {
    const sendable$ = new BehaviorSubject(false);
    const lines = run(testFrames(2), { sendable$ }, (at) => {
      at(50, () => sendable$.next(true));
      at(60, () => sendable$.next(false));
      at(105, () => sendable$.next(true));
    });
    expect(lines).toEqual([
      '50 speaking 0', '50 speaking 1', '50 frame 0', '60 speaking 0',
      '105 speaking 0', '105 speaking 1', `105 frame 1 after ${35 * 48}`, ...silenceFrom(125), '205 speaking 0', '205 complete',
    ]); // prettier-ignore
  });

  it('reads on unheard while it may not send, if it is told to skip', () => {
    const sendable$ = new BehaviorSubject(false);
    const lines = run(testFrames(5), { sendable$, whenSuspended: 'skip' }, (at) => at(70, () => sendable$.next(true)));
    expect(lines).toEqual(['70 speaking 0', '80 speaking 1', `80 frame 4 after ${80 * 48}`, ...silenceFrom(100), '180 speaking 0', '180 complete']);
  });

  it('says with which flags it speaks', () => {
    expect(run(testFrames(1), { speaking: 5 })[1]).toBe('0 speaking 5');
  });

  it('shares nothing between two subscriptions but the clock', () => {
    virtualTime(({ expectObservable }) => {
      const stage$ = paced$(testFrames(2)).pipe(text, take(4));
      expectObservable(stage$).toBe('(oIa) 15ms (b|)', to);
      expectObservable(stage$, '7ms ^').toBe('7ms o--(Ia) 16ms (b|)', to);
    });
  });

  it('errors at what is no frame after the silence, and at what is no source or option at once', () => {
    expect(run([testFrame(0), new Uint8Array(0)])).toEqual([
      '0 speaking 0', '0 speaking 1', '0 frame 0', ...silenceFrom(20), '100 speaking 0', '100 error InvalidFrameError',
    ]); // prettier-ignore
    expect(run(7 as never)).toEqual(['0 speaking 0', '0 error VoiceOptionsError']);
    expect(run([], { prefetch: 0 })).toEqual(['0 error VoiceOptionsError']);
  });

  it('fails as what says whether it may send does, and releases the source', () => {
    const frames$ = new Subject<Uint8Array>();
    const sendable$ = new BehaviorSubject(true);
    const lines = run(frames$, { sendable$ }, (at) => at(30, () => sendable$.error(new RangeError())));
    expect(lines).toEqual(['0 speaking 0', '30 error RangeError']);
    expect(frames$.observed).toBe(false);
  });

  it('tells how it ended, and how much of it was heard: stopped, where it is unsubscribed from', () => {
    const ends: string[] = [];
    const onEnd = ({ reason, heard }: PlayEnd): void => void ends.push(`${reason} ${heard}`);
    virtualTime(({ flush }) => {
      paced$(testFrames(9), { onEnd }).pipe(takeUntil(timer(30))).subscribe();
      paced$(testFrames(3), { onEnd }).subscribe();
      flush();
    });
    expect(ends).toEqual(['stopped 40', 'finished 60']);
  });
});
