import { asyncScheduler, concat, concatMap, delay, from, interval, map, mergeMap, of, switchMap, take, throwError, timer } from 'rxjs';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { loadSodium } from '../../src/crypto/xchacha.js';
import { connectVoice$, type FrameInput, type PlayEvent, type PlayOptions, type VoiceOptions } from '../../src/index.js';
import { testFrame, testFrames } from '../../src/testing/index.js';
import { stallingScheduler } from '../support/stalling-scheduler.js';
import { chronicle, IDS, virtualTime, world } from '../support/virtual-time.js';

// The join takes 60 ms, so the first frame leaves at 60.

/** The events of a play as letters: S started, the frame's position in frames, H starved, F finished. */
function letters(event: PlayEvent): string {
  switch (event.type) {
    case 'started':
      return 'S';
    case 'sent':
      return String(event.position / 20);
    case 'starved':
      return 'H';
    case 'finished':
      return `F${event.frames}`;
    default:
      return event.type;
  }
}

interface Heard {
  readonly datagrams: string[];
  readonly events: string[];
}

/** Plays within a session; returns what was sent (`60 #0 t0 frame 0`) and the events of the play (`60 S`). */
function heard(input: (tick: typeof timer) => FrameInput, until: number, options: PlayOptions = {}, voiceOptions: VoiceOptions = {}): Heard {
  const events: string[] = [];
  let lines: string[] = [];
  virtualTime(({ flush }) => {
    const { voice, options: base } = world();
    lines = chronicle(voice);
    const note = (text: string): void => void events.push(`${asyncScheduler.now()} ${text}`);
    const subscription = connectVoice$(voice.gateway, IDS, { ...base, ...voiceOptions })
      .pipe(switchMap((session) => session.play(input(timer), options)))
      .subscribe({ next: (event) => note(letters(event)), error: (error: unknown) => note(String(error)) });
    timer(until).subscribe(() => subscription.unsubscribe());
    flush();
  });
  return { datagrams: lines.filter((line) => line.includes('rtp')).map((line) => line.replace('rtp ', '')), events };
}

describe('playing', () => {
  it('an iterable: 20 ms apart, then five frames of silence', () => {
    const { datagrams, events } = heard(() => testFrames(3), 1_000);
    expect(datagrams).toEqual([
      '60 #0 t0 frame 0', '80 #1 t960 frame 1', '100 #2 t1920 frame 2',
      '120 #3 t2880 silence', '140 #4 t3840 silence', '160 #5 t4800 silence', '180 #6 t5760 silence', '200 #7 t6720 silence',
    ]); // prettier-ignore
    expect(events).toEqual(['60 S', '60 0', '80 1', '100 2', '120 F3']);
  });

  it('tells it as a marble diagram', () => {
    virtualTime(({ expectObservable }) => {
      const { voice, options } = world();
      const play$ = connectVoice$(voice.gateway, IDS, options).pipe(
        switchMap((session) => session.play(testFrames(3))),
        map(letters),
      );
      //               S started, 0 1 2 the frames, F finished
      const expected = '60ms (S0) 16ms 1 19ms 2 19ms F';
      expectObservable(play$, '^ 999ms !').toBe(expected, { S: 'S', 0: '0', 1: '1', 2: '2', F: 'F3' });
    });
  });

  it('an Observable at its own pace', () => {
    const source$ = concat(of(testFrame(0)), of(testFrame(1)).pipe(delay(15)), of(testFrame(2)).pipe(delay(24)));
    const { datagrams, events } = heard(() => source$, 1_000);
    expect(datagrams.slice(0, 4)).toEqual(['60 #0 t0 frame 0', '80 #1 t960 frame 1', '100 #2 t1920 frame 2', '120 #3 t2880 silence']);
    expect(events).toEqual(['60 S', '60 0', '80 1', '100 2', '120 F3']);
  });

  it('subscribes an Observable when played, and unsubscribes it when stopped', () => {
    virtualTime(({ cold, expectObservable, expectSubscriptions }) => {
      const { voice, options } = world();
      const frames$ = cold('a 19ms b 19ms c', { a: testFrame(0), b: testFrame(1), c: testFrame(2) });
      const subs = '         60ms ^ 39ms !';
      const unsub = '        ^ 99ms      !';
      const expected = '     60ms (S0) 16ms 1';

      const play$ = connectVoice$(voice.gateway, IDS, options).pipe(
        switchMap((session) => session.play(frames$)),
        map(letters),
      );
      expectObservable(play$, unsub).toBe(expected, { S: 'S', 0: '0', 1: '1' });
      expectSubscriptions(frames$.subscriptions).toBe(subs);
    });
  });

  it('an Observable that outruns real time is an error of that play, whose text names the cures', () => {
    const { datagrams, events } = heard(() => from(testFrames(3_001)), 1_000);
    expect(datagrams).toEqual([]);
    expect(events).toEqual([expect.stringMatching(/^60 FrameOverflowError.*3000 frames.*iterable.*drop-oldest/)]);
  });

  it('an Observable that outruns real time is heard whole where it is to wait', () => {
    // 20 s of speech within one second, then a minute and a half at once.
    const speech$ = concat(interval(20).pipe(take(50), mergeMap((i) => testFrames(20, i * 20))), from(testFrames(4_500, 1_000)));
    const { datagrams, events } = heard(() => speech$, 120_000, { whenBehind: 'wait' });
    const frames = datagrams.filter((line) => line.includes('frame'));
    expect(frames.map((line) => Number(line.split(' ')[4]))).toEqual(Array.from({ length: 5_500 }, (_, i) => i));
    expect(events.at(-1)).toBe(`${80 + 5_500 * 20} F5500`);
    expect(events.filter((event) => event.endsWith('H'))).toEqual([]);
  });

  it.each([
    ['drop-oldest', ['8', '9']],
    ['drop-newest', ['0', '1']],
  ] as const)('%s keeps what its name says', (overflow, kept) => {
    const { datagrams } = heard(() => from(testFrames(10)), 1_000, { buffer: { frames: 2, overflow } });
    expect(datagrams.filter((line) => line.includes('frame')).map((line) => line.split(' ')[4])).toEqual(kept);
  });

  it('a source that starves: silence in its place, five frames at most; time goes on', () => {
    const source$ = concat(of(testFrame(0)), of(testFrame(1)).pipe(delay(500)));
    const { datagrams, events } = heard(() => source$, 2_000);
    expect(datagrams.slice(0, 7)).toEqual([
      '60 #0 t0 frame 0',
      '80 #1 t960 silence', '100 #2 t1920 silence', '120 #3 t2880 silence', '140 #4 t3840 silence', '160 #5 t4800 silence',
      // 380 ms after the end of the last silence frame: the timestamp skips 18 240 samples.
      '560 #6 t24000 frame 1',
    ]); // prettier-ignore
    expect(events).toEqual(['60 S', '60 0', '80 H', '560 1', '580 F2']);
  });

  it('a source that hiccups costs one frame of silence', () => {
    const source$ = concat(of(testFrame(0)), of(testFrame(1)).pipe(delay(25)));
    const { datagrams, events } = heard(() => source$, 1_000);
    expect(datagrams.slice(0, 3)).toEqual(['60 #0 t0 frame 0', '80 #1 t960 silence', '100 #2 t1920 frame 1']);
    expect(events).toEqual(['60 S', '60 0', '80 H', '100 1', '120 F2']);
  });

  it('a source that fails, after what came before it', () => {
    const { datagrams, events } = heard(() => concat(of(testFrame(0)), throwError(() => new Error('file gone'))), 1_000);
    expect(events).toEqual(['60 S', '60 0', '80 Error: file gone']);
    // An error of the whole chain unsubscribes from the session, which leaves: no silence frames can be sent any more.
    expect(datagrams).toEqual(['60 #0 t0 frame 0']);
  });

  it.each([
    ['empty', new Uint8Array(0), /frame 1 .*it is empty/],
    ['too long', new Uint8Array(1_500).fill(0xfc), /frame 1 .*1499 bytes long/],
    ['no bytes', 'frame', /frame 1 .*of type string/],
  ])('what is no frame (%s) is an error of that play, which says which', (_, bad, text) => {
    const { events } = heard(() => [testFrame(0), bad as Uint8Array, testFrame(2)], 1_000);
    expect(events).toEqual(['60 S', '60 0', expect.stringMatching(text)]);
    expect(events.at(-1)).toContain('InvalidFrameError');
  });

  it('a playlist by concatMap has no gap and no silence in it; the silence comes after the last', () => {
    let lines: string[] = [];
    virtualTime(({ flush }) => {
      const { voice, options } = world();
      lines = chronicle(voice);
      const subscription = connectVoice$(voice.gateway, IDS, options)
        .pipe(switchMap((session) => of(0, 10).pipe(concatMap((first) => session.play(testFrames(2, first))))))
        .subscribe();
      timer(1_000).subscribe(() => subscription.unsubscribe());
      flush();
    });
    expect(lines.filter((line) => /rtp|speaking/.test(line))).toEqual([
      '60 > 5 speaking 0', '60 > 5 speaking 1',
      '60 rtp #0 t0 frame 0', '80 rtp #1 t960 frame 1', '100 rtp #2 t1920 frame 10', '120 rtp #3 t2880 frame 11',
      '140 rtp #4 t3840 silence', '160 rtp #5 t4800 silence', '180 rtp #6 t5760 silence', '200 rtp #7 t6720 silence', '220 rtp #8 t7680 silence',
      '220 > 5 speaking 0',
    ]); // prettier-ignore
  });

  it('one play at a time: the second errors, the first goes on', () => {
    const events: string[] = [];
    virtualTime(({ flush }) => {
      const { voice, options } = world();
      connectVoice$(voice.gateway, IDS, options)
        .pipe(
          switchMap((session) => {
            const first$ = session.play(testFrames(3)).pipe(map(letters));
            const second$ = timer(30).pipe(mergeMap(() => session.play(testFrames(3))), map(letters)); // prettier-ignore
            second$.subscribe({ error: (error: unknown) => events.push(`${asyncScheduler.now()} ${(error as Error).name}`) });
            return first$;
          }),
        )
        .subscribe((event) => events.push(`${asyncScheduler.now()} ${event}`));
      timer(400).subscribe(() => voice.endGateway());
      flush();
    });
    expect(events).toEqual(['60 S', '60 0', '80 1', '90 AlreadyPlayingError', '100 2', '120 F3']);
  });

  it('a 700 ms stall of the event loop: one gap, and never two frames closer than 20 ms', () => {
    const scheduler = stallingScheduler(300, 1_000);
    const { datagrams } = heard(() => testFrames(60), 1_700, {}, { scheduler });
    const times = datagrams.map((line) => Number(line.split(' ')[0]));
    const gaps = times.slice(1).map((time, i) => time - times[i]!);
    expect(gaps.filter((gap) => gap !== 20)).toEqual([720]);
    // 280, then 1000: the frame due at 300 goes out at 1000, its timestamp 700 ms further on.
    const after = datagrams[times.indexOf(1_000)]!;
    expect(after).toBe(`1000 #12 t${(12 * 20 + 700) * 48} frame 12`);
  });

  it('a 60 ms stall is caught up with, at double speed and not at once', () => {
    const scheduler = stallingScheduler(300, 360);
    const { datagrams } = heard(() => testFrames(30), 900, {}, { scheduler });
    const times = datagrams.map((line) => Number(line.split(' ')[0])).filter((time) => time >= 280 && time <= 460);
    expect(times).toEqual([280, 360, 370, 380, 390, 400, 410, 420, 440, 460]);
    expect(datagrams.map((line) => line.split(' ')[2])).toEqual(datagrams.map((_, i) => `t${i * 960}`));
  });

  beforeAll(() => loadSodium());

  it('an hour: 180 000 frames, each in its place', () => {
    const count = 180_000;
    let position = 0;
    let sent = 0;
    let wrong = 0;
    virtualTime(({ flush }) => {
      // The cheapest cipher to seal and open.
      const modes = ['aead_xchacha20_poly1305_rtpsize'] as const;
      const { voice, options } = world({ modes });
      function* hour(): Generator<Uint8Array> {
        for (let i = 0; i < count; i++) yield testFrame(i & 0xffff);
      }
      let due = 60;
      const subscription = connectVoice$(voice.gateway, IDS, { ...options, modes })
        .pipe(switchMap((session) => session.play(hour())))
        .subscribe((event) => {
          if (event.type === 'finished') subscription.unsubscribe();
          if (event.type !== 'sent') return;
          // random() returns 0x80 bytes: the first sequence number is 0x8080, the first timestamp 0x80808080.
          const right =
            asyncScheduler.now() === due &&
            event.sequence === ((0x8080 + sent) & 0xffff) &&
            event.timestamp === (0x80808080 + sent * 960) >>> 0;
          if (!right || event.position !== sent * 20) wrong += 1;
          due += 20;
          sent += 1;
          position = event.position;
        });
      flush();
    });
    expect({ sent, wrong, position }).toEqual({ sent: count, wrong: 0, position: 3_600_000 - 20 });
  });
});

describe('an async source', () => {
  it('is read ten frames ahead and no further, and let go of when the play stops', async () => {
    vi.useFakeTimers();
    try {
      let read = 0;
      let released = 0;
      async function* source(): AsyncGenerator<Uint8Array> {
        try {
          for (;;) yield testFrame(read++);
        } finally {
          released += 1;
        }
      }
      const { voice, options } = world();
      const sent: number[] = [];
      const subscription = connectVoice$(voice.gateway, IDS, options)
        .pipe(switchMap((session) => session.play(source())))
        .subscribe((event) => event.type === 'sent' && sent.push(event.position));
      await vi.advanceTimersByTimeAsync(60 + 20 * 20);
      expect(sent.length).toBeGreaterThanOrEqual(20);
      expect(read - sent.length).toBe(10);
      subscription.unsubscribe();
      await vi.advanceTimersByTimeAsync(1_000);
      expect({ released, ahead: read - sent.length }).toEqual({ released: 1, ahead: 10 });
    } finally {
      vi.useRealTimers();
    }
  });

  it('that stalls for ever is let go of all the same', async () => {
    vi.useFakeTimers();
    try {
      let destroyed = 0;
      const stalled = {
        [Symbol.asyncIterator]: () => ({ next: () => new Promise<never>(() => undefined) }),
        destroy: () => (destroyed += 1),
      };
      const { voice, options } = world();
      const events: PlayEvent[] = [];
      const subscription = connectVoice$(voice.gateway, IDS, options)
        .pipe(switchMap((session) => session.play(stalled)))
        .subscribe((event) => events.push(event));
      await vi.advanceTimersByTimeAsync(5_000);
      subscription.unsubscribe();
      expect({ destroyed, events }).toEqual({ destroyed: 1, events: [] });
      expect(vi.getTimerCount()).toBe(0);
    } finally {
      vi.useRealTimers();
    }
  });
});

