import { EMPTY, from, interval, map, mergeMap, NEVER, range, ReplaySubject, Subject, switchMap, take, tap, throwError, type Observable } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { VoiceOptionsError } from '../../../../src/errors.js';
import { onDemand } from '../../../../src/audio/playlist/on-demand.js';
import { testFrame, testFrames } from '../../../../src/testing/index.js';
import { virtualTime } from '../../../support/virtual-time.js';
import { mediaStage } from '../../media/send/stage.js';
import { letters, opened, sent } from './stage.js';

describe('onDemand', () => {
  it('says when enough is ahead, and when more is wanted', () => {
    virtualTime(({ cold, expectObservable, expectSubscriptions }) => {
      const frames = cold('(xxxx) 64ms (xxxx|)', { x: testFrame(0) });
      const wanted = '     (tf)   36ms t 29ms f    49ms t 39ms |';
      const told = new ReplaySubject<boolean>();
      const stream = onDemand((wanted$) => (wanted$.subscribe(told), frames), { high: 4, low: 1 });
      // Of four frames, one is left at 40; four more come at 70, and of these one is left at 120.
      expectObservable(letters(stream)).toBe('(Sa) 16ms b 19ms c 19ms d 19ms e 19ms f 19ms g 19ms h 19ms (F|)');
      expectSubscriptions(frames.subscriptions).toBe('^ 69ms !');
      expectObservable(told).toBe(wanted, { t: true, f: false });
    });
  });
});

describe('a producer of speech, twenty times as fast as it plays', () => {
  /** A minute of audio, 20 frames every 20 ms, while more are wanted. */
  const producer = (wanted$: Observable<boolean>, waiting: (frames: number) => void): Observable<Uint8Array> => {
    let made = 0;
    return wanted$.pipe(
      switchMap((wanted) => (wanted ? interval(20) : NEVER)),
      mergeMap(() => range(0, 20)),
      map(() => testFrame(made++)),
      tap(() => waiting(made)),
      take(3_000),
    );
  };

  it('is heard whole and in order, with little ahead', () => {
    virtualTime(({ flush }) => {
      const stage = mediaStage();
      let most = 0;
      const frames = onDemand((wanted$) => producer(wanted$, (made) => (most = Math.max(most, made - stage.link.sequence))));
      stage.watch(stage.play(frames));
      flush();
      expect(sent(stage)).toEqual(Array.from({ length: 3_000 }, (_, i) => i));
      // The high-water mark, and the batch that crossed it.
      expect(most).toBeLessThanOrEqual(500 + 20);
    });
  });
});

describe('onDemand, at its ends', () => {
  it('is its producer: never, empty, failing, endless, unsubscribed from, with wanted$ completed', () => {
    virtualTime(({ cold, expectObservable, expectSubscriptions }) => {
      expectObservable(letters(onDemand(() => NEVER)), '^ 99ms !').toBe('-');
      expectObservable(letters(onDemand(() => EMPTY))).toBe('(F|)');
      expectObservable(letters(onDemand(() => throwError(() => 'lost')))).toBe('#', undefined, 'lost');
      expectObservable(letters(onDemand(() => { throw 'made wrong'; }))).toBe('#', undefined, 'made wrong'); // prettier-ignore
      const endless = cold('x 19ms x 19ms x', { x: testFrame(0) });
      let told = '';
      const stream = onDemand((wanted$) => (wanted$.subscribe({ next: (wanted) => (told += String(wanted)), complete: () => (told += '|') }), endless));
      expectObservable(letters(stream), '^ 29ms !').toBe('(Sa) 16ms b');
      expectSubscriptions(endless.subscriptions).toBe('^ 29ms !');
      cold('40ms x').subscribe(() => expect(told).toBe('true|'));
    });
  });

  it('holds what comes all the same, up to the bytes of the buffer', () => {
    const source = new Subject<Uint8Array>();
    const queue = opened(onDemand(() => source, { high: 2 }));
    for (const frame of testFrames(4_000)) source.next(frame);
    for (const frame of testFrames(4_000)) expect(queue.read()).toEqual(frame);
    expect(queue.overflow).toBeUndefined();
    const mebibyte = new Uint8Array(1_024 * 1_024);
    for (let i = 0; i < 64; i++) source.next(mebibyte);
    expect(queue.overflow).toBeUndefined();
    source.next(testFrame(0));
    expect(queue.overflow).toMatchObject({ unit: 'bytes', limit: 64 * 1_024 * 1_024 });
  });

  it('asks anew for each play', () => {
    let asked = 0;
    const stream = onDemand(() => ((asked += 1), from(testFrames(1))));
    opened(stream).close();
    opened(stream).close();
    expect(asked).toBe(2);
  });

  it('refuses marks that are none', () => {
    for (const wrong of [{ high: 0 }, { high: 1.5 }, { high: 5, low: 5 }, { low: -1 }]) expect(() => onDemand(() => NEVER, wrong)).toThrow(VoiceOptionsError);
  });
});
