/** Frames opened before they are played: when they are ready, where they continue, and that they are released. */
import { map, Observable } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { OpenedAhead } from '../../../src/engine/hand-over/opened-ahead.js';
import { descriptionOf } from '../../../src/frames/description.js';
import { DEFAULT_READ_OPTIONS } from '../../../src/frames/frame-input.js';
import { END, PENDING, type FrameQueue } from '../../../src/frames/frame-queue.js';
import { frameStream } from '../../../src/frames/frame-stream.js';
import { openQueue } from '../../../src/frames/open-queue.js';
import { testFrames } from '../../../src/testing/index.js';
import { virtualTime } from '../../support/virtual-time.js';

const FRAME_SAMPLES = 960;
const [a, b, c, d] = testFrames(4) as [Uint8Array, Uint8Array, Uint8Array, Uint8Array];
const values = { a, b, c, d };
const MOST = 2;

const never = (): never => expect.fail('opened anew');
const played = (ahead: OpenedAhead, skip: number, onReadable = (): void => undefined): FrameQueue => openQueue(ahead.frames(skip, never), { ...DEFAULT_READ_OPTIONS, onReadable });

/** All that can be read now, as the letters of the diagrams. */
function read(queue: FrameQueue): string {
  let text = '';
  for (;;) {
    let item;
    try {
      item = queue.read();
    } catch {
      return `${text}#`;
    }
    if (item === PENDING) return text;
    if (item === END) return `${text}|`;
    text += Object.entries(values).find(([, frame]) => frame === item)?.[0] ?? '?';
  }
}

/** The same as an Observable: it opens, says when it is ready, and closes. */
const ready$ = (source$: Observable<Uint8Array>): Observable<string> =>
  new Observable((subscriber) => {
    const ahead = new OpenedAhead(source$, MOST);
    subscriber.add(ahead.ready$.pipe(map(() => (ahead.failed ? 'f' : 'r'))).subscribe((value) => subscriber.next(value)));
    subscriber.add(() => ahead.close());
  });

describe('what is opened ahead', () => {
  it.each([
    // source, unsubscribed, ready, subscription of the source
    ['---a-b-c-', '---------!', '---r', '^--------!'],
    ['-', '----!', '-', '^---!'],
    ['---|', '------!', '---r', '^--!'],
    ['---(a|)', '------!', '---r', '^--!'],
    ['---#', '------!', '---f', '^--!'],
    ['---a--b--', '-!', '-', '^!'],
  ])('%s, let go of at %s: ready at %s', (source, until, result, subscription) => {
    virtualTime(({ cold, expectObservable, expectSubscriptions }) => {
      const source$ = cold(source, values);
      expectObservable(ready$(source$), `^${until.slice(1)}`).toBe(result);
      expectSubscriptions(source$.subscriptions).toBe(subscription);
    });
  });

  it('reads no more than it may, of what is endless, until it is played', () => {
    let asked = 0;
    const endless = { *[Symbol.iterator]() { for (;;) { asked += 1; yield a; } } }; // prettier-ignore
    const ahead = new OpenedAhead(endless, MOST);
    expect(asked).toBe(MOST);
    const queue = played(ahead, 0);
    for (let i = 0; i < 10; i += 1) expect(queue.read()).toBe(a);
    expect(asked).toBe(10);
  });

  it.each([
    [0, 'abcd|'],
    [FRAME_SAMPLES, 'bcd|'],
    // Within the packet that contains this position.
    [FRAME_SAMPLES * 2 - 1, 'bcd|'],
    [FRAME_SAMPLES * 3, 'd|'],
    [FRAME_SAMPLES * 9, '|'],
  ])('goes on %i samples behind where it was opened', (skip, heard) => {
    expect(read(played(new OpenedAhead([a, b, c, d], MOST), skip))).toBe(heard);
  });

  it('throws away what comes late and is before the place, and wakes who waits for what is not', () => {
    virtualTime(({ cold, flush }) => {
      const ahead = new OpenedAhead(cold('--a--b--c--d', values), MOST);
      const heard: string[] = [];
      const queue = played(ahead, FRAME_SAMPLES * 2, () => heard.push(read(queue)));
      heard.push(read(queue));
      flush();
      expect(heard.join('')).toBe('cd');
    });
  });

  it('gives what it has before it fails, and says that it has failed', () => {
    const failing = { *[Symbol.iterator]() { yield a; throw new Error('broken'); } }; // prettier-ignore
    const ahead = new OpenedAhead(failing, MOST);
    expect(ahead.failed).toBe(true);
    expect(read(played(ahead, 0))).toBe('a#');
  });

  it('hands on what is no frame, for who plays it to say so', () => {
    const wrong = [a, 'text'] as unknown as Uint8Array[];
    expect(read(played(new OpenedAhead(wrong, MOST), FRAME_SAMPLES * 2))).toBe('?|');
    expect(read(played(new OpenedAhead([new Uint8Array(0), b], MOST), FRAME_SAMPLES))).toBe('?b|');
  });

  it('is opened and not read where to read is to have played', () => {
    virtualTime(({ hot, flush }) => {
      const ahead = new OpenedAhead(hot('--a--b--c|', values), 0);
      let ready = false;
      ahead.ready$.subscribe(() => (ready = true));
      flush();
      expect(ready).toBe(false);
      expect(read(played(ahead, 0))).toBe('abc|');
    });
  });

  it('tells of the pause and the overflow of what it holds, the latter at once', () => {
    const told: string[] = [];
    let readable = (): void => undefined;
    const state = { paused: true, overflow: undefined as unknown };
    const held = frameStream(({ onReadable }) => {
      readable = onReadable;
      return { read: () => PENDING, close: () => undefined, get paused() { return state.paused; }, get overflow() { return state.overflow; } }; // prettier-ignore
    });
    const ahead = new OpenedAhead(held, 0);
    const queue = played(ahead, 0, () => told.push('readable'));
    expect(queue.paused).toBe(true);
    // Nobody waits, so nobody is woken.
    readable();
    expect(told).toEqual([]);
    state.overflow = new Error('too much');
    readable();
    expect(told).toEqual(['readable']);
    expect(queue.overflow).toBe(state.overflow);
  });

  it('is what is played from there on, in words', () => {
    const description = { input: 'x', from: 'url', start: 40, options: {} } as const;
    expect(descriptionOf(new OpenedAhead([a], 0).frames(0, never, description))).toEqual(description);
    expect(descriptionOf(new OpenedAhead([a], 0).frames(0, never))).toBeUndefined();
  });

  it.each([
    // source, played, released, the play ends, and the subscription of the source
    ['--a--b--c--', '---p', '----l', '--------e', '^-------!'],
    ['--a--b--c--', '---p', '--------l', '----e', '^---!'],
    ['--a--b--c--', '---p', '----l', '---------', '^--------'],
    ['--a--b--c--', '----', '----l', '---------', '^---!'],
    ['--a|', '---p', '----l', '-----e', '^--!'],
  ])('%s, played at %s and let go of at %s, is closed as the play ends at %s', (source, plays, letsGo, ends, subscription) => {
    virtualTime(({ cold, expectSubscriptions, flush }) => {
      const source$ = cold(source, values);
      const ahead = new OpenedAhead(source$, MOST);
      let queue: FrameQueue | undefined;
      cold(plays).subscribe(() => (queue = played(ahead, 0)));
      cold(letsGo).subscribe(() => ahead.letGo());
      cold(ends).subscribe(() => queue?.close());
      expectSubscriptions(source$.subscriptions).toBe(subscription);
      flush();
    });
  });

  it('is opened anew for a play that begins when it was let go of', () => {
    const ahead = new OpenedAhead([a, b, c, d], MOST);
    const frames = ahead.frames(FRAME_SAMPLES * 2, () => [c, d]);
    ahead.letGo();
    expect(read(openQueue(frames, { ...DEFAULT_READ_OPTIONS, onReadable: () => undefined }))).toBe('cd|');
  });

  it('is closed once, whoever closes it', () => {
    let closed = 0;
    const source$ = new Observable<Uint8Array>(() => () => (closed += 1));
    const ahead = new OpenedAhead(source$, MOST);
    const queue = played(ahead, 0);
    queue.close();
    ahead.close();
    expect(closed).toBe(1);
  });
});
