// Tests a bot in virtual time: docs/examples/jukebox.mjs with a virtual voice server, without sockets and without waiting.
//
//   node docs/examples/marble-test.mjs
//
// It is a test file of node:test, and would be one of vitest, jest or mocha with their `test`.
import test from 'node:test';
import { concat, filter, ignoreElements, map, merge, NEVER, of, skipWhile, takeUntil, throwError } from 'rxjs';
import { connectVoice$, useSession } from 'rxvoice';
import { testFrames, VIRTUAL_IDS, voiceTest } from 'rxvoice/testing';
import { jukebox } from './jukebox.mjs';

/** The bot in its channel; `play` makes a stream from the session. */
const join = (voice, play, ids = VIRTUAL_IDS) => connectVoice$(voice.gateway, ids, voice.options).pipe(useSession(play));

/** Songs of a few numbered frames: `a` is 0, 1, 2, … and `b` 100, 101, … */
const a = { title: 'a', frames: () => testFrames(5) };
const b = { title: 'b', frames: () => testFrames(2, 100) };
const broken = { title: 'broken', frames: () => throwError(() => new Error('no such file')) };

// The join takes 60 ms, six round trips of the virtual server; from there on, 20 ms a frame.

const FRAMES = { a: 'frame 0', b: 'frame 1', c: 'frame 2', d: 'frame 3', e: 'frame 4', x: 'frame 100', y: 'frame 101' };
const DEEDS = { j: 'joins 20 of guild 10', l: 'leaves guild 10' };

test('plays one song after the other, and leaves', () =>
  voiceTest(({ voice, expectObservable }) => {
    expectObservable(voice.deeds$).toBe('j 199ms l', DEEDS); // before the join, so as not to miss it
    expectObservable(join(voice, (session) => jukebox(session, of(a, b), NEVER))).toBe('60ms p 99ms (fq) 36ms (g|)', {
      p: 'playing a',
      f: 'finished a',
      q: 'playing b',
      g: 'finished b',
    });
  }));

test('goes on with the next song when one is skipped, without a gap', () =>
  voiceTest(({ voice, hot, expectObservable }) => {
    const skip$ = hot('105ms s');
    expectObservable(voice.heard$).toBe('60ms a 19ms b 19ms c 19ms x 19ms y', FRAMES);
    expectObservable(join(voice, (session) => jukebox(session, of(a, b), skip$))).toBe('60ms p 44ms (sq) 51ms (g|)', {
      p: 'playing a',
      s: 'skipped a',
      q: 'playing b',
      g: 'finished b',
    });
  }));

test('tells of a song that cannot be played, and plays the next one', () =>
  voiceTest(({ voice, expectObservable }) => {
    expectObservable(join(voice, (session) => jukebox(session, of(broken, b), NEVER))).toBe('60ms (pfq) 35ms (g|)', {
      p: 'playing broken',
      f: 'failed broken: no such file',
      q: 'playing b',
      g: 'finished b',
    });
  }));

test('plays on while a lost WebSocket is resumed', () =>
  voiceTest(({ voice, cold, expectObservable }) => {
    cold('90ms x').subscribe(() => voice.close(4015)); // the voice server crashed
    const resumes$ = voice.frames$.pipe(
      map(({ op }) => op),
      filter((op) => op === 7),
    );
    expectObservable(resumes$).toBe('100ms r', { r: 7 });
    expectObservable(voice.heard$).toBe('60ms a 19ms b 19ms c 19ms d 19ms e', FRAMES);
    expectObservable(join(voice, (session) => jukebox(session, of(a), NEVER))).toBe('60ms p 99ms (f|)', { p: 'playing a', f: 'finished a' });
  }));

test('ends with the session, when somebody disconnects the bot', () =>
  voiceTest(({ voice, cold, expectObservable }) => {
    cold('90ms x').subscribe(() => voice.kick());
    // More songs may be requested at any time, so only the end of the session can end this list.
    const songs$ = concat(of(a, b), NEVER);
    expectObservable(join(voice, (session) => jukebox(session, songs$, NEVER))).toBe('60ms p 29ms |', { p: 'playing a' });
  }));

/** A radio: plays until the last listener has gone. Nobody is there yet when the session begins; that is not the end. */
const radio = (session) => {
  const alone$ = session.members$.pipe(
    map(({ size }) => size === 0),
    skipWhile((alone) => alone),
    filter((alone) => alone),
  );
  return session.play(testFrames(1_000)).pipe(takeUntil(alone$));
};

test('leaves when the channel is empty', () =>
  voiceTest(({ voice, cold, expectObservable }) => {
    const [ALICE, BOB] = ['1', '2'];
    const acts = { a: () => voice.join(ALICE), b: () => voice.join(BOB), c: () => voice.leave(ALICE), d: () => voice.leave(BOB) };
    cold('80ms a 39ms b 79ms c 49ms d', acts).subscribe((act) => act());
    expectObservable(voice.deeds$).toBe('j 249ms l', DEEDS);
    expectObservable(join(voice, radio).pipe(ignoreElements())).toBe('250ms |');
  }));

test('hears who speaks, and how loud', () =>
  voiceTest(({ voice, cold, expectObservable }) => {
    cold('100ms x').subscribe(() => voice.speak('1', testFrames(2), { level: 20 }));
    const loudness = ({ userId, audioLevel }) => `${userId} -${audioLevel.level} dBov`;
    const heard$ = join(voice, (session) => session.receive().pipe(map(loudness)));
    const silence = '1 -127 dBov'; // every client ends with five frames of it
    expectObservable(heard$).toBe('100ms a 19ms a 19ms s 19ms s 19ms s 19ms s 19ms s', { a: '1 -20 dBov', s: silence });
  }));

test('is in two guilds at once, and loses the call of one', () =>
  voiceTest(({ voice, cold, expectObservable }) => {
    const other = { guildId: '11', channelId: '21', userId: VIRTUAL_IDS.userId };
    cold('90ms x').subscribe(() => voice.guild('11').kick());
    const play = (session) => jukebox(session, of(a), NEVER);
    const bot$ = merge(join(voice, play), join(voice, play, other));
    expectObservable(bot$).toBe('60ms (pp) 96ms (f|)', { p: 'playing a', f: 'finished a' });
  }));

test('waits in an encrypted call until somebody is there to hear it', () =>
  voiceTest(
    ({ voice, cold, expectObservable }) => {
      cold('100ms x').subscribe(() => voice.join('1'));
      expectObservable(voice.packets$.pipe(map(({ epoch }) => epoch))).toBe('100ms e 19ms e', { e: 1 });
      expectObservable(join(voice, (session) => jukebox(session, of(b), NEVER))).toBe('60ms p 79ms (f|)', { p: 'playing b', f: 'finished b' });
    },
    { dave: true },
  ));

test('the jukebox alone, on a session without a connection', () =>
  voiceTest(({ double, hot, expectObservable }) => {
    const skip$ = hot('45ms s');
    expectObservable(double.heard$).toBe('a 19ms b 19ms c 19ms x 19ms y 19ms s', { ...FRAMES, s: 'silence' });
    expectObservable(jukebox(double.session, of(a, b), skip$)).toBe('p 44ms (sq) 51ms (g|)', {
      p: 'playing a',
      s: 'skipped a',
      q: 'playing b',
      g: 'finished b',
    });
  }));
