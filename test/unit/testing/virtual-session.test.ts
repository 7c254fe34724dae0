/** The session double behaves like the library's session: a bot sees the same on it as on the air. */
import { asyncScheduler, catchError, concat, filter, map, merge, NEVER, of, take, takeUntil, timer, type Observable } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { connectVoice$, SpeakingFlags, useSession, VoiceGatewayError, type VoiceSession } from '../../../src/index.js';
import { testFrames, VIRTUAL_IDS, virtualSession, virtualVoice, voiceTest, type VirtualSession } from '../../../src/testing/index.js';
import { virtualTime } from '../../support/virtual-time.js';

const act = (acts: Readonly<Record<number, () => void>>): void => {
  for (const [ms, does] of Object.entries(acts)) timer(Number(ms)).subscribe(does);
};
const types = map(({ type }: { readonly type: string }) => type);

describe('a session double', () => {
  it('plays by the clock of the library, and says what is heard', () => {
    voiceTest(({ double, expectObservable }) => {
      expectObservable(double.heard$).toBe('a 19ms b 19ms s', { a: 'frame 0', b: 'frame 1', s: 'silence' });
      expectObservable(double.speaking$).toBe('1 119ms 0', { 1: SpeakingFlags.Microphone, 0: SpeakingFlags.None });
      expectObservable(double.session.play(testFrames(2)).pipe(types)).toBe('(as) 16ms s 19ms (f|)', { a: 'started', s: 'sent', f: 'finished' });
    });
  });

  it('holds what plays while it reconnects, and not while it resumes; its members come back', () => {
    voiceTest(({ double, expectObservable }) => {
      act({ 5: () => double.join('7'), 10: () => double.become('resuming'), 30: () => double.become('reconnecting'), 70: () => double.become('ready') });
      expectObservable(double.heard$, '120ms !').toBe('a 19ms b 49ms c 19ms s', { a: 'frame 0', b: 'frame 1', c: 'frame 2', s: 'silence' });
      expectObservable(double.session.state$.pipe(map(({ status }) => status))).toBe('a 9ms b 19ms c 39ms a', { a: 'ready', b: 'resuming', c: 'reconnecting' });
      expectObservable(double.session.members$.pipe(map((set) => [...set].join()))).toBe('n 4ms a 24ms n 39ms a', { n: '', a: '7' });
      expectObservable(double.session.play(testFrames(3)).pipe(types, filter((type) => type !== 'sent'))).toBe('a 29ms b 39ms c 19ms (d|)', { a: 'started', b: 'suspended', c: 'resumed', d: 'finished' });
    });
  });

  it('has members who come, speak with a level, have a client, and go', () => {
    voiceTest(({ double, expectObservable }) => {
      act({ 10: () => double.speak('7', testFrames(1, 3), { level: 12 }), 20: () => double.join('8', { flags: 2, platform: 1 }), 60: () => double.leave('7') });
      expectObservable(double.session.receive().pipe(take(2), map(({ userId, audioLevel, frame }) => `${userId} ${audioLevel?.level} ${frame.length}`))).toBe('10ms a 19ms (b|)', { a: '7 12 4', b: '7 127 3' });
      expectObservable(double.session.speaking$.pipe(map(({ userId, speaking }) => `${userId} ${speaking}`))).toBe('10ms a', { a: '7 1' });
      expectObservable(double.session.roster$.pipe(map((all) => [...all].map(([id, { flags }]) => `${id} ${flags}`).join()))).toBe('n 9ms a 9ms (bcc) 35ms d', { n: '', a: '7 null', b: '7 null,8 null', c: '7 null,8 2', d: '8 2' });
    });
  });

  it('stands for connectVoice$: one at a time, left by unsubscribing, ended by others, failed, and new each time', () => {
    voiceTest(({ double, expectObservable }) => {
      const states = (session: VoiceSession): Observable<string> => session.state$.pipe(map(({ status }) => status));
      act({ 100: () => double.end(), 200: () => double.fail(new VoiceGatewayError('gone', undefined)) });
      expectObservable(double.membership$).toBe('a 49ms b 9ms a 39ms b 49ms a 49ms b', { a: 'joined', b: 'left' });
      expectObservable(double.session$.pipe(useSession(states)), '50ms !').toBe('a', { a: 'ready' });
      expectObservable(double.session$, '10ms ^ 20ms !').toBe('10ms #', undefined, expect.objectContaining({ code: 'already-joined' }));
      expectObservable(double.session$.pipe(useSession(states)), '60ms ^').toBe('60ms a 39ms (b|)', { a: 'ready', b: 'ended' });
      const failing$ = double.session$.pipe(useSession((session) => concat(states(session).pipe(take(1)), NEVER)), catchError((error: Error) => of(error.name))); // prettier-ignore
      expectObservable(failing$, '150ms ^').toBe('150ms a 49ms (e|)', { a: 'ready', e: 'VoiceGatewayError' });
    });
  });

  it('notes a play that comes across another, and refuses it as the session does', () => {
    const play = (session: VoiceSession): Observable<string> => session.play(testFrames(3)).pipe(types, catchError((error: Error) => of(error.name)));
    virtualTime(({ expectObservable, flush }) => {
      const double = virtualSession();
      expectObservable(play(double.session), '5ms ^ 10ms !').toBe('5ms (ab)', { a: 'started', b: 'sent' });
      expectObservable(play(double.session), '10ms ^ 15ms !').toBe('10ms (e|)', { e: 'AlreadyPlayingError' });
      flush();
      expect(double.overlaps).toEqual([{ at: 10, since: 5 }]);
    });
  });
});

/** What a bot sees of a session and does with it, the same for both kinds; the join of the real one takes 60 ms. */
function logic(session: VoiceSession): Observable<string> {
  return merge(
    session.play(testFrames(4)).pipe(map((event) => JSON.stringify({ ...event, sequence: 0, timestamp: 0 }))),
    session.state$.pipe(map(({ status }) => status)),
    session.health$.pipe(map(({ ready, suppressed }) => `${ready} ${suppressed}`)),
    session.speaking$.pipe(map(({ userId, speaking }) => `${userId} ${speaking}`)),
    session.members$.pipe(map((set) => [...set].join())),
    session.receive('7').pipe(map(({ frame, audioLevel }) => `${frame.length} ${audioLevel?.level}`)),
  );
}

describe('a bot on the double and in the virtual world', () => {
  const JOIN_MS = 60;
  const acts: Readonly<Record<number, (it: Pick<VirtualSession, 'join' | 'leave' | 'speak'>) => void>> = {
    15: (it) => it.join('7'),
    35: (it) => it.speak('7', testFrames(2)),
    50: (it) => it.join('8'),
    200: (it) => it.leave('7'),
  };
  const notes = (of: () => { readonly its: Pick<VirtualSession, 'join' | 'leave' | 'speak'>; readonly session$: Observable<VoiceSession>; readonly offset: number }): string[] => {
    const lines: string[] = [];
    virtualTime(({ flush }) => {
      const { its, session$, offset } = of();
      for (const [ms, does] of Object.entries(acts)) timer(Number(ms) + offset).subscribe(() => does(its));
      const until$ = timer(400 + offset);
      session$.pipe(useSession(logic), takeUntil(until$)).subscribe((line) => lines.push(`${asyncScheduler.now() - offset} ${line}`));
      flush();
    });
    return lines;
  };

  it('sees and does the same', () => {
    const onDouble = notes(() => {
      const double = virtualSession();
      return { its: double, session$: double.session$, offset: 0 };
    });
    const inWorld = notes(() => {
      const voice = virtualVoice({ scheduler: asyncScheduler });
      return { its: voice, session$: connectVoice$(voice.gateway, VIRTUAL_IDS, voice.options), offset: JOIN_MS };
    });
    expect(onDouble.length).toBeGreaterThan(20);
    expect(onDouble).toEqual(inWorld);
  });
});
