// Tests a bot in virtual time: docs/examples/jukebox.mjs with a virtual voice server, without sockets and without waiting.
//
//   node docs/examples/marble-test.mjs
//
// It is a test file of node:test, and would be one of vitest or jest with their `test`.
import assert from 'node:assert/strict';
import test from 'node:test';
import { asyncScheduler, concat, filter, ignoreElements, map, NEVER, of, skipWhile, takeUntil, throwError } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import { connectVoice$, useSession } from 'rxvoice';
import { testFrames, VIRTUAL_IDS, virtualVoice, voiceState } from 'rxvoice/testing';
import { jukebox } from './jukebox.mjs';

/** Runs a test in virtual time. RxJS' default scheduler is the one that is made virtual, so that nothing has to be injected. */
const virtually = (body) =>
  new TestScheduler(assert.deepEqual).run((helpers) => {
    const voice = virtualVoice({ scheduler: asyncScheduler });
    const join = (play) => connectVoice$(voice.gateway, VIRTUAL_IDS, { transports: voice.transports }).pipe(useSession(play));
    body({ voice, join, ...helpers });
  });

/** Songs of a few numbered frames: `a` is 0, 1, 2, … and `b` 100, 101, … */
const a = { title: 'a', frames: () => testFrames(5) };
const b = { title: 'b', frames: () => testFrames(2, 100) };
const broken = { title: 'broken', frames: () => throwError(() => new Error('no such file')) };

// The join takes 60 ms, six round trips of the virtual server; from there on, 20 ms a frame.

/** The numbers of the frames that the channel hears. */
const numbers = map(({ payload }) => (payload[1] << 8) | payload[2]);

test('plays one song after the other, and leaves', () =>
  virtually(({ join, voice, expectObservable }) => {
    const channels$ = voice.commands$.pipe(map(({ d }) => d.channel_id)); // before the join, so as not to miss it
    expectObservable(channels$).toBe('j 199ms l', { j: VIRTUAL_IDS.channelId, l: null });
    expectObservable(join((session) => jukebox(session, of(a, b), NEVER))).toBe('60ms p 99ms (fq) 36ms (g|)', {
      p: 'playing a',
      f: 'finished a',
      q: 'playing b',
      g: 'finished b',
    });
  }));

test('goes on with the next song when one is skipped, without a gap', () =>
  virtually(({ join, voice, hot, expectObservable }) => {
    const skip$ = hot('105ms s');
    expectObservable(voice.packets$.pipe(numbers)).toBe('60ms a 19ms b 19ms c 19ms x 19ms y', { a: 0, b: 1, c: 2, x: 100, y: 101 });
    expectObservable(join((session) => jukebox(session, of(a, b), skip$))).toBe('60ms p 44ms (sq) 51ms (g|)', {
      p: 'playing a',
      s: 'skipped a',
      q: 'playing b',
      g: 'finished b',
    });
  }));

test('tells of a song that cannot be played, and plays the next one', () =>
  virtually(({ join, expectObservable }) => {
    expectObservable(join((session) => jukebox(session, of(broken, b), NEVER))).toBe('60ms (pfq) 35ms (g|)', {
      p: 'playing broken',
      f: 'failed broken: no such file',
      q: 'playing b',
      g: 'finished b',
    });
  }));

test('plays on while a lost WebSocket is resumed', () =>
  virtually(({ join, voice, cold, expectObservable }) => {
    cold('90ms x').subscribe(() => voice.close(4015)); // the voice server crashed
    const resumes$ = voice.frames$.pipe(
      map(({ op }) => op),
      filter((op) => op === 7),
    );
    expectObservable(resumes$).toBe('100ms r', { r: 7 });
    expectObservable(voice.packets$.pipe(numbers)).toBe('60ms a 19ms b 19ms c 19ms d 19ms e', { a: 0, b: 1, c: 2, d: 3, e: 4 });
    expectObservable(join((session) => jukebox(session, of(a), NEVER))).toBe('60ms p 99ms (f|)', { p: 'playing a', f: 'finished a' });
  }));

test('ends with the session, when somebody disconnects the bot', () =>
  virtually(({ join, voice, cold, expectObservable }) => {
    const { guildId } = VIRTUAL_IDS;
    cold('90ms x').subscribe(() => {
      voice.dispatch('VOICE_STATE_UPDATE', voiceState(guildId, null));
      voice.close(4014);
    });
    // More songs may be wished for at any time: only the session's end can end this list.
    const songs$ = concat(of(a, b), NEVER);
    expectObservable(join((session) => jukebox(session, songs$, NEVER))).toBe('60ms p 29ms |', { p: 'playing a' });
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
  virtually(({ join, voice, cold, expectObservable }) => {
    const [ALICE, BOB] = ['1', '2'];
    const acts = { a: () => voice.join(ALICE), b: () => voice.join(BOB), c: () => voice.leave(ALICE), d: () => voice.leave(BOB) };
    cold('80ms a 39ms b 79ms c 49ms d', acts).subscribe((act) => act());
    const channels$ = voice.commands$.pipe(map(({ d }) => d.channel_id));
    expectObservable(channels$).toBe('j 249ms l', { j: VIRTUAL_IDS.channelId, l: null });
    expectObservable(join(radio).pipe(ignoreElements())).toBe('250ms |');
  }));

test('hears who speaks, and how loud', () =>
  virtually(({ join, voice, cold, expectObservable }) => {
    cold('100ms x').subscribe(() => voice.speak('1', testFrames(2), { level: 20 }));
    const loudness = ({ userId, audioLevel }) => `${userId} -${audioLevel.level} dBov`;
    const heard$ = join((session) => session.receive().pipe(map(loudness)));
    const silence = '1 -127 dBov'; // every client ends with five frames of it
    expectObservable(heard$, '1s !').toBe('100ms a 19ms a 19ms s 19ms s 19ms s 19ms s 19ms s', { a: '1 -20 dBov', s: silence });
  }));
