/** How much of a play was heard, at every kind of end: exactly the frames that were sent. */
import { Readable } from 'node:stream';
import { asyncScheduler, concat, concatMap, delay, EMPTY, merge, mergeMap, NEVER, of, switchMap, take, takeUntil, takeWhile, tap, throwError, timer, type Observable } from 'rxjs'; // prettier-ignore
import { describe, expect, it } from 'vitest';
import { connectVoice$, type FrameInput, type PlayEnd, type PlayEvent, type PlayOptions, type VoiceOptions, type VoiceSession } from '../../src/index.js';
import { testFrame, testFrames, type VirtualVoice } from '../../src/testing/index.js';
import { frameOf } from '../unit/media/send/stage.js';
import { reportedErrors } from '../support/reported-errors.js';
import { IDS, virtualTime, world } from '../support/virtual-time.js';

// The join takes 60 ms, so the first frame leaves at 60.

interface Story {
  readonly frames?: () => FrameInput;
  readonly options?: PlayOptions;
  readonly voiceOptions?: VoiceOptions;
  /** Applied to the play before it is subscribed to. */
  readonly listen?: (play$: Observable<PlayEvent>, session: VoiceSession) => Observable<unknown>;
  readonly act?: (voice: VirtualVoice, at: (ms: number, act: () => void) => void) => void;
}

/** Ends in the order in which they were reported, among the notifications; and the frames that arrived at the server. */
function told({ frames = () => testFrames(100), options, voiceOptions, listen = (play$) => play$, act }: Story): { lines: string[]; ends: PlayEnd[]; sent: number } {
  const lines: string[] = [];
  const ends: PlayEnd[] = [];
  let sent = 0;
  virtualTime(({ flush }) => {
    const { voice, options: base } = world();
    voice.packets$.subscribe(({ payload }) => (sent += payload.length > 3 || payload[1] !== 0xff ? 1 : 0));
    const note = (line: string): void => void lines.push(`${asyncScheduler.now()} ${line}`);
    const onEnd = (end: PlayEnd): void => {
      ends.push(end);
      note(`${end.reason} ${end.heard}`);
    };
    const subscription = connectVoice$(voice.gateway, IDS, { ...base, ...voiceOptions })
      .pipe(
        switchMap((session) => {
          const play$ = session.play(frames(), { ...options, onEnd }).pipe(tap(({ type }) => type === 'finished' && note('F')));
          return listen(play$, session);
        }),
      )
      .subscribe({ error: (error: Error) => note(error.name), complete: () => note('complete') });
    act?.(voice, (ms, act) => void timer(ms).subscribe(act));
    timer(4_000).subscribe(() => subscription.unsubscribe());
    flush();
  });
  return { lines, ends, sent };
}

const stopAt = (ms: number) => (play$: Observable<PlayEvent>) => concat(play$.pipe(takeUntil(timer(ms))), NEVER);

const ENDS: readonly (Story & { readonly name: string; readonly lines: readonly string[] })[] = [
  { name: 'the source ends', frames: () => testFrames(3), lines: ['120 finished 60', '120 F'] },
  { name: 'the source was empty', frames: () => [], lines: ['60 finished 0', '60 F'] },
  { name: 'frames of 2.5 and of 60 ms', frames: () => [frameOf(2.5, 1), frameOf(60, 2), frameOf(2.5, 3)], lines: ['125 finished 65', '125 F'] },
  { name: 'who has heard of the end unsubscribes upon it', frames: () => testFrames(2), listen: (play$) => play$.pipe(takeWhile(({ type }) => type !== 'finished')), lines: ['100 finished 40', '100 F'] },
  { name: 'the source fails', frames: () => concat(of(testFrame(0), testFrame(1)), throwError(() => new RangeError())), lines: ['100 failed 40', '100 RangeError'] },
  { name: 'a frame is none', frames: () => [testFrame(0), new Uint8Array(0)], lines: ['80 failed 20', '80 InvalidFrameError'] },
  { name: 'the buffer runs over', frames: () => concat(of(testFrame(0)), of(...testFrames(5)).pipe(delay(30))), options: { buffer: { frames: 2 } }, lines: ['100 failed 20', '100 FrameOverflowError'] },
  { name: 'it is unsubscribed from', listen: stopAt(50), lines: ['110 stopped 60'] },
  { name: 'it is unsubscribed from before its first frame', frames: () => NEVER, listen: stopAt(500), lines: ['560 stopped 0'] },
  { name: 'it is unsubscribed from within its first frame', listen: (play$) => concat(play$.pipe(take(2)), NEVER), lines: ['60 stopped 20'] },
  { name: 'it is unsubscribed from within `started`', listen: (play$) => concat(play$.pipe(take(1)), NEVER), lines: ['60 stopped 0'] },
  {
    name: 'switchMap goes on to the next',
    listen: (play$) => merge(of(0), of(1).pipe(delay(50))).pipe(switchMap((i) => (i === 0 ? play$ : NEVER))),
    lines: ['110 stopped 60'],
  },
  { name: 'the bot is kicked', act: (voice, at) => at(110, () => voice.kick()), lines: ['110 session-ended 60', '110 complete'] },
  { name: 'the bot gateway ends', act: (voice, at) => at(110, () => voice.endGateway()), lines: ['110 session-ended 60', '110 complete'] },
  { name: 'the session fails', act: (voice, at) => at(110, () => voice.endGateway(new Error())), lines: ['110 session-ended 60', '110 VoiceGatewayError'] },
  { name: 'the source starves in between: silence is not heard of it', frames: () => concat(of(testFrame(0)), of(testFrame(1)).pipe(delay(300))), lines: ['380 finished 40', '380 F'] },
  { name: 'a resume comes in between', frames: () => testFrames(20), act: (voice, at) => at(110, () => voice.close(1006)), lines: ['460 finished 400', '460 F'] },
  {
    name: 'a new connection comes in between, and it is held',
    frames: () => testFrames(20),
    act: (voice, at) => at(110, () => voice.loseUdp(new Error('ENETDOWN'))),
    lines: ['760 finished 400', '760 F'],
  },
  {
    name: 'a new connection comes in between, and it is skipped',
    frames: () => testFrames(40),
    options: { whenSuspended: 'skip' },
    act: (voice, at) => at(110, () => voice.loseUdp(new Error('ENETDOWN'))),
    lines: ['860 finished 480', '860 F'],
  },
  { name: 'the session is left by unsubscribing from it', frames: () => testFrames(500), lines: ['4000 session-ended 3940'] },
  { name: 'it is stopped while it is held', listen: stopAt(200), act: (voice, at) => at(110, () => voice.loseUdp(new Error('ENETDOWN'))), lines: ['260 stopped 60'] },
];

describe('onEnd', () => {
  it.each(ENDS)('is told once, before the last notification, when $name', ({ lines: expected, ...story }) => {
    const { lines, ends, sent } = told(story);
    expect(lines).toEqual(expected);
    expect(ends).toHaveLength(1);
    // If all frames have the same duration, what was heard is what arrived at the server.
    if (story.frames?.() instanceof Array && lines[0]!.includes('65')) return;
    expect(ends[0]).toMatchObject({ frames: sent, heard: sent * 20 });
  });

  it('is told of plays that are refused, with nothing heard', () => {
    const refusals = (project: (session: VoiceSession) => FrameInput, prepare: (session: VoiceSession) => unknown = () => undefined): string[] =>
      told({
        listen: (_, session) => {
          prepare(session);
          return session.play(project(session), { onEnd: ({ reason, heard }) => refused.push(`${reason} ${heard}`) });
        },
      }).lines;
    const refused: string[] = [];
    expect(refusals(() => [], (session) => session.play(NEVER).subscribe({ error: () => undefined }))).toEqual(['60 AlreadyPlayingError']); // prettier-ignore
    expect(refusals(() => 5 as unknown as FrameInput)).toEqual(['60 VoiceOptionsError']);
    expect(refused).toEqual(['failed 0', 'failed 0']);
  });

  it('is told of a play that is begun after the session', () => {
    const ends: PlayEnd[] = [];
    told({ listen: (_, session) => (timer(60).subscribe(() => session.play([], { onEnd: (end) => ends.push(end) }).subscribe({ error: () => undefined })), EMPTY), act: (voice, at) => at(80, () => voice.kick()) });
    expect(ends).toEqual([{ reason: 'failed', heard: 0, frames: 0 }]);
  });

  it('is told of a play whose session is left while somebody else holds on to it', () => {
    const ends: unknown[] = [];
    told({
      listen: (_, session) => {
        session.play(testFrames(50), { onEnd: (end) => ends.push(end) }).subscribe({ error: (error: Error) => ends.push(error.name) });
        return NEVER;
      },
      act: (voice, at) => at(110, () => voice.endGateway()),
    });
    expect(ends).toEqual([{ reason: 'session-ended', heard: 60, frames: 3 }]);
  });

  it('of one play comes before the next of a playlist begins', () => {
    const order: string[] = [];
    told({
      listen: (_, session) =>
        of(2, 1).pipe(
          concatMap((count) => {
            order.push(`play ${count}`);
            return session.play(testFrames(count), { onEnd: ({ heard }) => order.push(`heard ${heard}`) });
          }),
        ),
    });
    expect(order).toEqual(['play 2', 'heard 40', 'play 1', 'heard 20']);
  });

  it('is told of each subscription', () => {
    const { ends } = told({ frames: () => testFrames(2), listen: (play$) => concat(play$, play$.pipe(takeUntil(timer(10)))) });
    expect(ends.map(({ reason, heard }) => [reason, heard])).toEqual([['finished', 40], ['stopped', 20]]); // prettier-ignore
  });

  it('changes nothing where it throws, and that is reported', () => {
    const errors = reportedErrors();
    const story = (onEnd: () => void): string[] => {
      const events: string[] = [];
      told({ listen: (_, session) => session.play(testFrames(2), { onEnd }).pipe(tap((event) => events.push(event.type)), mergeMap(() => EMPTY)) });
      return events;
    };
    const throwing = story(() => {
      throw new Error('of the listener');
    });
    expect(throwing).toEqual(story(() => undefined));
    expect(errors.map(String)).toEqual(['Error: of the listener']);
  });
});

describe('a stream that is handed to session.play, and fails while it waits its turn', () => {
  it('does not end the process: the play that comes to it is told', () => {
    const missing = Readable.from([]);
    told({ listen: (play$, session) => concat(play$, session.play(missing)), act: (_, at) => at(80, () => expect(() => missing.emit('error', new Error('ENOENT'))).not.toThrow()) });
    missing.destroy();
  });
});
