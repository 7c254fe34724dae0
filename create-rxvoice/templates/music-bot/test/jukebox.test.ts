/** The music bot in virtual time: half a minute of loneliness takes milliseconds. */
import { asyncScheduler, filter, map, scan, type Observable } from 'rxjs';
import { TestScheduler, type RunHelpers } from 'rxjs/testing';
import { connectVoice$, isSilenceFrame, type VoiceOptions } from 'rxvoice';
import { testFrames, VIRTUAL_IDS, virtualVoice, type VirtualVoice } from 'rxvoice/testing';
import { expect, test } from 'vitest';
import { jukebox, type JukeboxCommand } from '../src/jukebox.ts';

const ALICE = '100';
const play = (song: string): JukeboxCommand => ({ type: 'play', channelId: VIRTUAL_IDS.channelId, song });
/** Songs by their names: `a` has 5 frames, 100 ms; `b` has 2; `long` lasts for a hundred seconds; any other is not there. */
const SONGS: Readonly<Record<string, number>> = { a: 5, b: 2, long: 5_000 };
const COMMANDS = { a: play('a'), b: play('b'), x: play('x'), s: { type: 'skip' }, q: { type: 'stop' } } satisfies Record<
  string,
  JukeboxCommand
>;

interface Stage extends RunHelpers {
  readonly voice: VirtualVoice;
  readonly bot: (commands$: Observable<JukeboxCommand>) => Observable<string>;
  /** Op 4: the channel, and null for leaving. */
  readonly channels$: Observable<string | null>;
}

/** The default scheduler of RxJS is the one that is made virtual, so that nothing has to be injected. */
function virtually(body: (stage: Stage) => void): void {
  new TestScheduler((actual, expected) => expect(actual).toEqual(expected)).run((helpers) => {
    const voice = virtualVoice({ scheduler: asyncScheduler });
    voice.join(ALICE);
    // A WebSocket that is lost is a failure for good here: recovery would come back from it, and nothing would have to be joined again.
    const options: VoiceOptions = { transports: voice.transports, recovery: () => ({ action: 'fail' }) };
    const join = (channelId: string) => connectVoice$(voice.gateway, { ...VIRTUAL_IDS, channelId }, options);
    const open = (song: string) => {
      const frames = SONGS[song];
      if (frames === undefined) throw new Error('no such song');
      return testFrames(frames);
    };
    body({ ...helpers, voice, bot: jukebox({ join, open }), channels$: voice.commands$.pipe(map(({ d }) => d.channel_id)) });
  });
}

// Joining takes 60 ms, six round trips of the virtual server. From there on it is 20 ms a frame.

test('plays one song after the other, and leaves', () =>
  virtually(({ hot, expectObservable, bot, channels$ }) => {
    expectObservable(channels$).toBe('j 199ms l', { j: VIRTUAL_IDS.channelId, l: null });
    expectObservable(bot(hot('(ab)', COMMANDS)), '^ 1s !').toBe('60ms p 99ms (fq) 36ms (gl)', {
      p: 'playing a',
      f: 'finished a',
      q: 'playing b',
      g: 'finished b',
      l: 'left',
    });
  }));

test('skips', () =>
  virtually(({ hot, expectObservable, bot }) => {
    expectObservable(bot(hot('(ab) 96ms s', COMMANDS)), '^ 1s !').toBe('60ms p 39ms (sq) 36ms (gl)', {
      p: 'playing a',
      s: 'skipped a',
      q: 'playing b',
      g: 'finished b',
      l: 'left',
    });
  }));

test('tells what cannot be played, and goes on', () =>
  virtually(({ hot, expectObservable, bot }) => {
    expectObservable(bot(hot('(xb)', COMMANDS)), '^ 1s !').toBe('60ms (pfq) 35ms (gl)', {
      p: 'playing x',
      f: 'cannot play x: no such song',
      q: 'playing b',
      g: 'finished b',
      l: 'left',
    });
  }));

test('leaves at a word, and comes back at the next song', () =>
  virtually(({ hot, expectObservable, bot, channels$ }) => {
    expectObservable(channels$, '^ 400ms !').toBe('j 99ms l 99ms j 99ms l', { j: VIRTUAL_IDS.channelId, l: null });
    bot(hot('a 99ms q 99ms b', COMMANDS)).subscribe();
  }));

test('joins again when the connection has failed, and goes on with the song where it was', () =>
  virtually(({ hot, cold, expectObservable, voice, bot, channels$ }) => {
    const sound$ = voice.packets$.pipe(filter(({ payload }) => !isSilenceFrame(payload)));
    cold('105ms c').subscribe(() => voice.close(4000));
    expectObservable(channels$).toBe('j 104ms l 999ms j 139ms l', { j: VIRTUAL_IDS.channelId, l: null });
    // 'a' has five frames: three of them come before the failure, two after it.
    expectObservable(sound$.pipe(scan((count) => count + 1, 0)), '^ 3s !').toBe('60ms 1 19ms 2 19ms 3 1064ms 4 19ms 5 19ms 6 19ms 7', {
      1: 1, 2: 2, 3: 3, 4: 4, 5: 5, 6: 6, 7: 7,
    }); // prettier-ignore
    expectObservable(bot(hot('(ab)', COMMANDS)), '^ 3s !').toBe('60ms p 1104ms p 39ms (fq) 36ms (gl)', {
      p: 'playing a',
      f: 'finished a',
      q: 'playing b',
      g: 'finished b',
      l: 'left',
    });
  }));

test('leaves a channel in which it is alone, and not before half a minute', () =>
  virtually(({ hot, cold, expectObservable, voice, bot, channels$ }) => {
    cold('100ms g').subscribe(() => voice.leave(ALICE));
    expectObservable(channels$, '^ 40s !').toBe('j 30099ms l', { j: VIRTUAL_IDS.channelId, l: null });
    bot(hot('a', { a: play('long') })).subscribe();
  }));
