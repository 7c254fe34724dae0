import { Readable } from 'node:stream';
import { asyncScheduler, catchError, concat, concatMap, defer, EMPTY, exhaustMap, finalize, from, map, mergeMap, NEVER, of, repeat, Subject, switchMap, take, throwError, timer, type Observable } from 'rxjs'; // prettier-ignore
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { AlreadyPlayingError, FrameOverflowError, InvalidFrameError } from '../../../../src/errors.js';
import type { PlayEvent } from '../../../../src/types.js';
import { testFrames } from '../../../../src/testing/index.js';
import type { PlayOptions } from '../../../../src/media/send/play-options.js';
import { reportedErrors } from '../../../support/reported-errors.js';
import { virtualTime } from '../../../support/virtual-time.js';
import { FRAME_DURATIONS, frameOf, mediaStage, type Stage } from './stage.js';

/** Runs a stage in virtual time to its end, or to `until` ms, and returns everything that happened. */
function run(body: (stage: Stage) => void, until?: number): string[] {
  let lines: string[] = [];
  virtualTime(({ flush }) => {
    const stage = mediaStage();
    lines = stage.lines;
    if (until !== undefined) timer(until).subscribe(() => stage.pump.end(undefined));
    body(stage);
    flush();
  });
  return lines;
}

/** The lines of the silence frames after frame number `sequence - 1`, from `at` ms on. */
function tail(at: number, sequence: number, timestamp = sequence * 960): string[] {
  const packets = Array.from({ length: 5 }, (_, i) => `${at + i * 20} rtp #${sequence + i} t${timestamp + i * 960} silence`);
  return [...packets, `${at + 80} speaking 0`];
}

const EVENT: Readonly<Record<string, PlayEvent>> = {
  s: { type: 'started' },
  a: { type: 'sent', sequence: 0, timestamp: 0, position: 0, bytes: 36 },
  b: { type: 'sent', sequence: 1, timestamp: 960, position: 20, bytes: 36 },
  c: { type: 'sent', sequence: 2, timestamp: 1_920, position: 40, bytes: 36 },
  f: { type: 'finished', frames: 3, heard: 60 },
  z: { type: 'finished', frames: 0, heard: 0 },
};

describe('a stream that fails while it waits its turn', () => {
  it('does not end the process: whoever plays it will be told', () => {
    const missing = Readable.from([]);
    run(({ play }) => void play(missing));
    // An 'error' event without a listener throws, which would end the process.
    expect(() => missing.emit('error', new Error('ENOENT'))).not.toThrow();
    missing.destroy();
  });
});

describe('play, as marbles', () => {
  it('sends a frame at once and one each 20 ms, and is finished when the last has had its time', () => {
    virtualTime(({ expectObservable }) => {
      expectObservable(mediaStage().play(testFrames(3))).toBe('(sa) 16ms b 19ms c 19ms (f|)', EVENT);
    });
  });

  it('subscribes to an Observable when it is subscribed to, and not before', () => {
    virtualTime(({ cold, expectObservable, expectSubscriptions }) => {
      const [x, y, z] = testFrames(3);
      const frames = cold('(xyz|)', { x: x!, y: y!, z: z! });
      expectObservable(mediaStage().play(frames), '-----^').toBe('-----(sa) 16ms b 19ms c 19ms (f|)', EVENT);
      expectSubscriptions(frames.subscriptions).toBe('-----(^!)');
    });
  });

  it('finishes an empty source without a start', () => {
    virtualTime(({ cold, expectObservable, expectSubscriptions }) => {
      const empty = cold<Uint8Array>('|');
      expectObservable(mediaStage().play([])).toBe('(z|)', EVENT);
      expectObservable(mediaStage().play(empty)).toBe('(z|)', EVENT);
      expectObservable(mediaStage().play(EMPTY)).toBe('(z|)', EVENT);
      expectSubscriptions(empty.subscriptions).toBe('(^!)');
    });
  });

  it('waits without a word for a source that says nothing, until it is unsubscribed', () => {
    virtualTime(({ cold, expectObservable, expectSubscriptions }) => {
      const never = cold<Uint8Array>('-');
      expectObservable(mediaStage().play(never), '^ 500ms !').toBe('-');
      expectSubscriptions(never.subscriptions).toBe('^ 500ms !');
    });
  });

  it('passes the error of a source on, after the frames before it', () => {
    virtualTime(({ cold, expectObservable, expectSubscriptions }) => {
      const frame = testFrames(1)[0]!;
      const failing = cold('x#', { x: frame }, 'lost');
      expectObservable(mediaStage().play(failing)).toBe('(sa) 16ms #', EVENT, 'lost');
      expectSubscriptions(failing.subscriptions).toBe('^!');
      expectObservable(mediaStage().play(throwError(() => 'lost'))).toBe('#', EVENT, 'lost');
    });
  });

  it('releases an endless source at the moment it is unsubscribed from, between two frames', () => {
    virtualTime(({ cold, expectObservable, expectSubscriptions }) => {
      const frame = testFrames(1)[0]!;
      const endless = { *[Symbol.iterator]() { for (;;) yield frame; } }; // prettier-ignore
      const source = cold('x 9ms x 19ms x 19ms x 19ms x 19ms x', { x: frame });
      expectObservable(mediaStage().play(endless), '^ 49ms !').toBe('(sa) 16ms b 19ms c', EVENT);
      expectObservable(mediaStage().play(source), '^ 49ms !').toBe('(sa) 16ms b 19ms c', EVENT);
      expectSubscriptions(source.subscriptions).toBe('^ 49ms !');
    });
  });
});

describe('play, on the wire', () => {
  it('says that it speaks before the first packet, marks that one, and sends five paced frames of silence after the last', () => {
    expect(run((stage) => stage.watch(stage.play(testFrames(2))))).toEqual([
      '0 speaking 1',
      '0 started',
      '0 rtp #0 t0 frame 0',
      '0 sent #0 at 0',
      '20 rtp #1 t960 frame 1',
      '20 sent #1 at 20',
      '40 finished 2',
      '40 complete',
      ...tail(40, 2),
    ]);
  });

  it('sends nothing for an empty source', () => {
    expect(run((stage) => stage.watch(stage.play([])))).toEqual(['0 finished 0', '0 complete']);
  });

  it('speaks as the options say, and says so anew when the next play speaks otherwise', () => {
    const lines = run((stage) =>
      stage.watch(concat(stage.play(testFrames(1), { speaking: 2 }), stage.play(testFrames(1), { speaking: 5 }), stage.play(testFrames(1), { speaking: 5 }))),
    );
    expect(lines.filter((line) => line.includes('speaking'))).toEqual(['0 speaking 2', '20 speaking 5', '140 speaking 0']);
  });

  it.each(FRAME_DURATIONS)('paces frames of %s ms, and steps the timestamp by their samples', (ms) => {
    const frames = Array.from({ length: 4 }, (_, i) => frameOf(ms, i));
    const lines = run((stage) => stage.watch(stage.play(frames)));
    expect(lines.filter((line) => line.includes('frame'))).toEqual(
      frames.map((_, i) => `${i * ms} rtp #${i} t${i * ms * 48} frame ${i}`),
    );
    expect(lines.filter((line) => line.includes('sent'))).toEqual(frames.map((_, i) => `${i * ms} sent #${i} at ${i * ms}`));
    expect(lines.filter((line) => line.includes('silence') || line.includes('speaking 0'))).toEqual(tail(4 * ms, 4, 4 * ms * 48));
  });

  it('paces a play of mixed durations', () => {
    const lines = run((stage) => stage.watch(stage.play([frameOf(60, 0), frameOf(2.5, 1), frameOf(120, 2), frameOf(20, 3)])));
    expect(lines.filter((line) => line.includes('frame'))).toEqual([
      '0 rtp #0 t0 frame 0',
      '60 rtp #1 t2880 frame 1',
      '62.5 rtp #2 t3000 frame 2',
      '182.5 rtp #3 t8760 frame 3',
    ]);
  });

  it('stops at once when it is unsubscribed; the silence follows in its time', () => {
    const lines = run((stage) => {
      const endless = { *[Symbol.iterator]() { for (let i = 0; ; i++) yield frameOf(20, i); } }; // prettier-ignore
      const playing = stage.watch(stage.play(endless));
      timer(30).subscribe(() => playing.unsubscribe());
    });
    expect(lines.slice(-7)).toEqual(['20 sent #1 at 20', ...tail(40, 2)]);
  });
});

describe('what a play refuses', () => {
  it.each<[string, unknown, string]>([
    ['an empty frame', [frameOf(20), new Uint8Array(0)], 'frame 1 (counted from 0) is not an Opus packet: it is empty'],
    ['a frame that is too long', [new Uint8Array(1_400).fill(0xf8, 0, 1)], 'frame 0'],
    ['what is not bytes', [frameOf(20), frameOf(20), 'abc'], 'frame 2'],
    ['one Uint8Array instead of a list', frameOf(20), 'was one Uint8Array passed where a list of them is wanted'],
  ])('%s, as an error of that play alone', (_, input, text) => {
    const errors: unknown[] = [];
    const lines = run((stage) => {
      stage.play(input as Iterable<Uint8Array>).subscribe({ error: (error: unknown) => errors.push(error) });
      timer(500).subscribe(() => stage.watch(stage.play([frameOf(20, 9)])));
    });
    expect(errors).toHaveLength(1);
    expect(errors[0]).toBeInstanceOf(InvalidFrameError);
    expect(String(errors[0])).toContain(text);
    expect(lines.some((line) => line.endsWith('complete'))).toBe(true);
  });

  it.each([null, 7, 'song.opus', {}])('%j, which is no source', (input) => {
    const errors: unknown[] = [];
    run((stage) => stage.play(input as never).subscribe({ error: (error: unknown) => errors.push(error) }));
    expect(errors).toHaveLength(1);
    expect(errors[0]).toMatchObject({ code: 'options', option: 'frames' });
  });

  it('an Observable that outruns real time, even an endless synchronous one', () => {
    const errors: unknown[] = [];
    const frame = frameOf(20);
    const endless = from((function* () { for (;;) yield frame; })()); // prettier-ignore
    run((stage) => stage.play(endless).subscribe({ error: (error: unknown) => errors.push(error) }));
    expect(errors[0]).toBeInstanceOf(FrameOverflowError);
  });

  it('options that are no numbers; options that are undefined count as not given', () => {
    const errors: unknown[] = [];
    const lines = run((stage) => {
      const bad = [stage.play(NEVER, { buffer: { frames: Number.NaN, overflow: 'error' } }), stage.play((async function* () {})(), { prefetch: Number.NaN })];
      for (const play$ of bad) play$.subscribe({ error: (error: unknown) => errors.push(error) });
      stage.watch(stage.play(testFrames(1), { speaking: undefined, prefetch: undefined, buffer: undefined, whenSuspended: undefined } as object));
    });
    expect(errors).toMatchObject([{ option: 'buffer.frames' }, { option: 'prefetch' }]);
    expect(lines.slice(0, 2)).toEqual(['0 speaking 1', '0 started']);
  });

  it('a second play meanwhile: that one errors, the first goes on', () => {
    const lines = run((stage) => {
      const plays$ = of('first ', 'second ').pipe(
        mergeMap((name) => stage.play(testFrames(2)).pipe(catchError((error: unknown) => {
          stage.note(`${name}${(error as Error).name}`);
          return EMPTY;
        }))),
      ); // prettier-ignore
      stage.watch(plays$);
    });
    expect(lines[0]).toBe('0 second AlreadyPlayingError');
    expect(lines.filter((line) => line.includes('sent'))).toEqual(['0 sent #0 at 0', '20 sent #1 at 20']);
  });

  it('to be overtaken by a play that its own source begins', () => {
    const errors: unknown[] = [];
    const lines = run((stage) => {
      const meddling = defer(() => {
        stage.watch(stage.play(testFrames(2)), 'inner ');
        return NEVER;
      });
      stage.play(meddling).subscribe({ error: (error: unknown) => errors.push(error) });
    });
    expect(errors[0]).toBeInstanceOf(AlreadyPlayingError);
    expect(lines).toContain('40 inner complete');
  });
});

describe('RxJS operators as the queue', () => {
  it('concatMap plays gapless: no silence, no gap, no word on the WebSocket between two tracks', () => {
    const lines = run((stage) => stage.watch(from([0, 1]).pipe(concatMap((i) => stage.play(testFrames(2, i * 2))))));
    expect(lines.filter((line) => line.includes('rtp') || line.includes('speaking'))).toEqual([
      '0 speaking 1',
      '0 rtp #0 t0 frame 0',
      '20 rtp #1 t960 frame 1',
      '40 rtp #2 t1920 frame 2',
      '60 rtp #3 t2880 frame 3',
      ...tail(80, 4),
    ]);
  });

  it('a play that begins within the silence takes its place: no gap', () => {
    const lines = run((stage) => {
      stage.watch(stage.play(testFrames(1)));
      timer(50).subscribe(() => stage.watch(stage.play(testFrames(1, 7))));
    });
    expect(lines.filter((line) => line.includes('rtp') || line.includes('speaking'))).toEqual([
      '0 speaking 1',
      '0 rtp #0 t0 frame 0',
      '20 rtp #1 t960 silence',
      '40 rtp #2 t1920 silence',
      '60 rtp #3 t2880 frame 7',
      ...tail(80, 4),
    ]);
  });

  it('a play that begins after the silence says that it speaks, moves the timestamp over the pause and marks its first packet', () => {
    const lines = run((stage) => {
      stage.watch(stage.play(testFrames(1)));
      timer(1_000).subscribe(() => stage.watch(stage.play(testFrames(1, 7))));
    });
    expect(lines.filter((line) => line.startsWith('1000 '))).toEqual([
      '1000 speaking 1',
      '1000 started',
      '1000 rtp #6 t48000 frame 7',
      '1000 sent #6 at 0',
    ]);
  });

  it('switchMap skips to the newest, in the next frame and without silence', () => {
    const lines = run((stage) => {
      const requests$ = concat(of(0), timer(50).pipe(map(() => 100)));
      stage.watch(requests$.pipe(switchMap((from) => stage.play(testFrames(5, from)))));
    });
    expect(lines.filter((line) => line.includes('rtp')).slice(0, 5)).toEqual([
      '0 rtp #0 t0 frame 0',
      '20 rtp #1 t960 frame 1',
      '40 rtp #2 t1920 frame 2',
      '60 rtp #3 t2880 frame 100',
      '80 rtp #4 t3840 frame 101',
    ]);
  });

  it('exhaustMap ignores what comes meanwhile', () => {
    const lines = run((stage) => {
      const requests$ = timer(0, 30).pipe(take(3));
      stage.watch(requests$.pipe(exhaustMap((i) => stage.play(testFrames(2, i * 10)))));
    });
    expect(lines.filter((line) => line.includes('frame'))).toEqual([
      '0 rtp #0 t0 frame 0',
      '20 rtp #1 t960 frame 1',
      '60 rtp #3 t2880 frame 20',
      '80 rtp #4 t3840 frame 21',
    ]);
  });

  it('a track that fails is followed by the next in the same tick, when its error is caught', () => {
    const lines = run((stage) => {
      const tracks: Observable<PlayEvent>[] = [stage.play([...testFrames(1), new Uint8Array(0)]), stage.play(testFrames(1, 5))];
      stage.watch(from(tracks).pipe(concatMap((track$) => track$.pipe(catchError(() => EMPTY)))));
    });
    expect(lines.filter((line) => line.includes('frame'))).toEqual(['0 rtp #0 t0 frame 0', '20 rtp #1 t960 frame 5']);
  });

  it.each([1, 2, 3, 7])('a playlist that begins with %i empty tracks comes to the song', (empty) => {
    const lines = run((stage) => {
      const tracks = [...Array.from({ length: empty }, () => []), testFrames(1, 5)];
      stage.watch(from(tracks).pipe(concatMap((track) => stage.play(track))));
    }, 2_000);
    expect(lines.some((line) => line.includes('frame 5'))).toBe(true);
    expect(lines.filter((line) => line.includes('finished 1'))).toHaveLength(1);
    expect(lines.filter((line) => line.endsWith('complete'))).toHaveLength(1);
  });

  it('empty tracks in the midst of a playlist cost a frame of silence at the most', () => {
    const lines = run((stage) => {
      const tracks = [testFrames(1, 0), [], [], testFrames(1, 5)];
      stage.watch(from(tracks).pipe(concatMap((track) => stage.play(track))));
    });
    expect(lines.filter((line) => line.includes('rtp')).slice(0, 3)).toEqual([
      '0 rtp #0 t0 frame 0',
      '20 rtp #1 t960 silence',
      '40 rtp #2 t1920 frame 5',
    ]);
  });

  it('repeat() over a play goes on gapless', () => {
    const lines = run((stage) => stage.watch(stage.play(testFrames(2)).pipe(repeat(3))));
    expect(lines.filter((line) => line.includes('frame')).map((line) => line.split(' ')[0])).toEqual(['0', '20', '40', '60', '80', '100']);
  });

  it('repeat() over an empty play does not hang: the clock and other plays go on', () => {
    let rounds = 0;
    const lines = run((stage) => {
      const empty$ = stage.play([]).pipe(repeat());
      const repeating = empty$.subscribe(() => (rounds += 1));
      timer(200).subscribe(() => {
        repeating.unsubscribe();
        stage.watch(stage.play(testFrames(1)));
      });
    }, 1_000);
    expect(rounds).toBeGreaterThan(2);
    expect(rounds).toBeLessThan(50);
    expect(lines.some((line) => line.includes('frame 0'))).toBe(true);
  });
});

describe('a listener', () => {
  it.each<[PlayEvent['type'], number]>([
    ['started', 0],
    ['sent', 1],
    ['finished', 2],
  ])('that unsubscribes on `%s` stops the play there', (type, frames) => {
    const seen: string[] = [];
    const lines = run((stage) => {
      const playing = stage.play(testFrames(2)).subscribe((event) => {
        seen.push(event.type);
        if (event.type === type) playing.unsubscribe();
      });
    });
    expect(seen.at(-1)).toBe(type);
    expect(lines.filter((line) => line.includes('frame'))).toHaveLength(frames);
    expect(lines.at(-1)).toMatch(/speaking 0$/);
  });

  it('that starts the next play on `finished` is told that this one still ends', () => {
    const lines = run((stage) => {
      stage.play(testFrames(1)).subscribe((event) => {
        if (event.type === 'finished') stage.watch(stage.play(testFrames(1, 4)), 'next ');
      });
    });
    expect(lines).toContain('20 next sent #1 at 0');
  });

  it('that throws disturbs neither its own play nor those of others', () => {
    const thrown: unknown[] = [];
    vi.useFakeTimers();
    try {
      const stages = [mediaStage(), mediaStage()];
      const listener = (): never => {
        throw new Error('listener');
      };
      // RxJS rethrows an error of a listener from a timer of its own: it is caught there.
      stages[0]!.play(testFrames(3)).subscribe(listener);
      stages[1]!.watch(stages[1]!.play(testFrames(3)));
      for (let i = 0; i < 300; i++) {
        try {
          vi.advanceTimersByTime(1);
        } catch (error) {
          thrown.push(error);
        }
      }
      expect(thrown.length).toBeGreaterThan(0);
      for (const { lines } of stages) expect(lines.filter((line) => line.includes('frame'))).toHaveLength(3);
    } finally {
      vi.useRealTimers();
    }
  });
});

describe('an async source', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('plays as a synchronous one does, once the first frames are there', async () => {
    const stage = mediaStage();
    stage.watch(stage.play((async function* () { yield* testFrames(3); })())); // prettier-ignore
    await vi.advanceTimersByTimeAsync(400);
    expect(stage.lines.filter((line) => line.includes('rtp')).map((line) => line.replace(/^\d+ /, ''))).toEqual([
      'rtp #0 t0 frame 0',
      'rtp #1 t960 frame 1',
      'rtp #2 t1920 frame 2',
      ...[3, 4, 5, 6, 7].map((n) => `rtp #${n} t${n * 960} silence`),
    ]);
    const at = stage.packets().map((line) => Number(line.split(' ')[0]));
    for (const [i, time] of at.slice(1).entries()) expect(time - at[i]!).toBe(20);
  });

  it('that stalls is let go of when the play is unsubscribed', async () => {
    const calls: string[] = [];
    const source = {
      [Symbol.asyncIterator]: () => ({
        next: () => new Promise<never>(() => undefined),
        return: async () => (calls.push('return'), { done: true as const, value: undefined }),
      }),
      destroy: () => void calls.push('destroy'),
    };
    const stage = mediaStage();
    const playing = stage.watch(stage.play(source));
    await vi.advanceTimersByTimeAsync(1_000);
    expect(stage.lines).toEqual([]);
    playing.unsubscribe();
    expect(calls).toEqual(['destroy', 'return']);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('that fails errors its play after the frames before it', async () => {
    const stage = mediaStage();
    stage.watch(stage.play((async function* () { yield* testFrames(2); throw new Error('lost'); })())); // prettier-ignore
    await vi.advanceTimersByTimeAsync(400);
    const told = stage.lines.filter((line) => !/rtp|speaking/.test(line)).map((line) => line.replace(/^\d+ /, ''));
    expect(told).toEqual(['started', 'sent #0 at 0', 'sent #1 at 20', 'error Error']);
  });
});

describe('an hour', () => {
  it('is 180 000 frames, on time to the end, and the counters wrap on the way', () => {
    let sent = 0;
    virtualTime(({ flush }) => {
      const stage = mediaStage();
      stage.link.sequence = 65_500;
      const frame = frameOf(20);
      const hour = { *[Symbol.iterator]() { for (let i = 0; i < 180_000; i++) yield frame; } }; // prettier-ignore
      stage.play(hour).subscribe((event) => {
        if (event.type !== 'sent') return;
        if (stage.now() !== sent * 20 || event.position !== sent * 20 || event.timestamp !== sent * 960)
          throw new Error(`frame ${sent} at ${stage.now()} ms: position ${event.position}, timestamp ${event.timestamp}`);
        sent += 1;
      });
      flush();
      expect(asyncScheduler.now()).toBeGreaterThanOrEqual(3_600_080);
    });
    expect(sent).toBe(180_000);
  });
});

describe('a source that pushes', () => {
  it('is heard as it comes, when it comes in time', () => {
    const lines = run((stage) => {
      const live = new Subject<Uint8Array>();
      stage.watch(stage.play(live));
      testFrames(4).forEach((frame, i) => timer(i * 20 + 3).subscribe(() => live.next(frame)));
      timer(90).subscribe(() => live.complete());
    });
    expect(lines.filter((line) => line.includes('frame')).map((line) => Number(line.split(' ')[0]))).toEqual([3, 23, 43, 63]);
  });
});

describe('a source that overflows while its play is held', () => {
  /** Plays `source$` without a link and with room for three frames; returns the events with their times. */
  function held(source$: Observable<Uint8Array>, options: PlayOptions = {}): string[] {
    const told: string[] = [];
    virtualTime(({ flush }) => {
      const stage = mediaStage({ attached: false });
      stage.play(source$, { buffer: { frames: 3, overflow: 'error' }, ...options }).subscribe({
        next: ({ type }) => told.push(`${stage.now()} ${type}`),
        error: (error: Error) => told.push(`${stage.now()} ${error.name}`),
      });
      timer(1_000).subscribe(() => stage.pump.attach(stage.link));
      timer(2_000).subscribe(() => stage.pump.end(undefined));
      flush();
      expect(stage.pump.playing).toBe(false);
    });
    return told;
  }
  const live$ = timer(0, 20).pipe(map((i) => frameOf(20, i)));

  it('fails at once, and not when the link comes back', () => {
    expect(held(live$)).toEqual(['0 suspended', '60 FrameOverflowError']);
  });

  it('fails at once where it gives all its frames within the subscription', () => {
    expect(held(from([0, 1, 2, 3].map((i) => frameOf(20, i))))).toEqual(['0 suspended', '0 FrameOverflowError']);
  });

  it('plays on where the oldest frames may go', () => {
    expect(held(live$, { buffer: { frames: 3, overflow: 'drop-oldest' } }).slice(0, 3)).toEqual(['0 suspended', '1000 resumed', '1000 started']);
  });
});

describe('finalizers that throw', () => {
  /** Two plays, the first with a finalizer that throws; returns the datagrams of the second. */
  const second = (first: (stage: Stage) => Observable<PlayEvent>): string[] =>
    run((stage) => {
      first(stage).subscribe();
      timer(500).subscribe(() => stage.play(testFrames(2)).subscribe());
    }).filter((line) => line.includes('frame') && Number(line.split(' ')[0]) >= 500);
  const broken = (): never => {
    throw new Error('broken');
  };

  it.each<[string, (stage: Stage) => Observable<PlayEvent>]>([
    ['of a source that ends', (stage) => stage.play(timer(0, 20).pipe(map((i) => frameOf(20, i)), take(3), finalize(broken)))],
    ['of a source that is released', (stage) => stage.play(timer(0, 20).pipe(map((i) => frameOf(20, i)), finalize(broken))).pipe(take(3))],
    ['of who listens', (stage) => stage.play(testFrames(3)).pipe(finalize(broken))],
    ['of who listens, after his own error', (stage) => stage.play(testFrames(3)).pipe(map(broken), finalize(broken))],
  ])('%s: leave the next play its place, and are reported', (_, first) => {
    const reported = reportedErrors();
    expect(second(first)).toHaveLength(2);
    expect(reported).toContainEqual(new Error('broken'));
  });
});
