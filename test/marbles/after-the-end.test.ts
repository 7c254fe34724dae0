/** What a session does after its end, and that everything made from it ends with it. */
import { asyncScheduler, concat, EMPTY, interval, merge, NEVER, repeat, switchMap, timer, type Observable } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { connectVoice$, SessionEndedError, useSession, type EndReason, type VoiceSession } from '../../src/index.js';
import { testFrames, type VirtualVoice } from '../../src/testing/index.js';
import { IDS, virtualTime, world } from '../support/virtual-time.js';

interface Ending {
  readonly name: string;
  readonly reason: EndReason | null;
  act(voice: VirtualVoice): void;
  /** When `connectVoice$` has reported it, in ms. */
  readonly at: number;
}
const deleteChannel = (voice: VirtualVoice): void => {
  voice.dispatch('CHANNEL_DELETE', { guild_id: IDS.guildId, id: IDS.channelId, type: 2 });
  voice.close(4022);
};
const ENDINGS: readonly Ending[] = [
  { name: 'a kick', reason: 'kicked', act: (voice) => voice.kick(), at: 200 },
  { name: 'the end of the call', reason: 'call-ended', act: deleteChannel, at: 15_200 },
  { name: "the end of the bot's gateway", reason: 'gateway-closed', act: (voice) => voice.endGateway(), at: 200 },
  { name: 'a failure', reason: null, act: (voice) => voice.close(4016), at: 200 },
  { name: 'leaving', reason: 'left', act: () => undefined, at: 20_000 },
];

/** How and when `use` ends if its session ends in this way at 200 ms or later. */
function outcome(ending: Ending, use: (session$: Observable<VoiceSession>) => Observable<unknown>): string[] {
  const told: string[] = [];
  virtualTime(({ flush }) => {
    const { voice, options } = world();
    const note = (line: string): void => void told.push(`${asyncScheduler.now()} ${line}`);
    const used = use(connectVoice$(voice.gateway, IDS, options)).subscribe({ error: (error: unknown) => note(String(error)), complete: () => note('complete') });
    timer(200).subscribe(() => ending.act(voice));
    timer(60_000).subscribe(() => used.unsubscribe());
    flush();
  });
  return told;
}

describe.each(ENDINGS)('after $name', (ending) => {
  it.each<[string, (session: VoiceSession) => Observable<unknown>]>([
    ['play', (session) => session.play(testFrames(3))],
    ['receive', (session) => session.receive()],
    ['receive of one user', (session) => session.receive('40')],
    ['verify', (session) => session.verify('40')],
  ])('%s is an error that says why: no value, and no end that repeat could feed on', (_, begin) => {
    const events: unknown[] = [];
    virtualTime(({ flush }) => {
      const { voice, options } = world();
      let session: VoiceSession | undefined;
      const joined = connectVoice$(voice.gateway, IDS, options).subscribe({ next: (first) => (session = first), error: () => undefined });
      timer(200).subscribe(() => ending.act(voice));
      timer(20_000).subscribe(() => joined.unsubscribe());
      timer(30_000).subscribe(() => {
        const observer = { next: (value: unknown) => events.push(value), error: (error: unknown) => events.push(error), complete: () => events.push('complete') };
        begin(session!).subscribe(observer);
        begin(session!).pipe(repeat()).subscribe(observer);
        begin(session!).pipe(repeat({ delay: 1_000 })).subscribe(observer);
      });
      flush();
    });
    expect(events.length).toBe(3);
    for (const error of events) {
      expect(error).toBeInstanceOf(SessionEndedError);
      expect(error).toMatchObject({ reason: ending.reason, retryable: false });
    }
  });
});

/** Endings caused by others: a caller who leaves has already unsubscribed from whatever it made from the session. */
const BY_OTHERS = ENDINGS.filter(({ reason }) => reason !== 'left' && reason !== null);

describe.each(BY_OTHERS)('with $name, useSession completes', (ending) => {
  it.each<[string, (session: VoiceSession) => Observable<unknown>, number]>([
    ['a play', (session) => session.play(testFrames(5_000)), 0],
    ['what is received', (session) => session.receive(), 0],
    ['a play on repeat', (session) => session.play(testFrames(5_000)).pipe(repeat()), 0],
    ['a short play on repeat', (session) => session.play(testFrames(1)).pipe(repeat()), 0],
    ['a play on repeat with a pause', (session) => session.play(testFrames(5_000)).pipe(repeat({ delay: 300 })), 300],
    ['a playlist', (session) => concat(session.play(testFrames(5_000)), session.play(testFrames(5_000)), session.play(testFrames(5_000))), 0],
    ['what ends by itself a while later', (session) => merge(session.receive(), timer(ending.at + 700 - 60)), 700],
    ['what never ends', (session) => merge(session.play(testFrames(5_000)), NEVER), 10_000],
    ['what goes on for ever', (session) => merge(session.receive(), interval(100)), 10_000],
  ])('%s', (_, project, later) => {
    expect(outcome(ending, useSession(project))).toEqual([`${ending.at + later} complete`]);
  });

  it('a playlist under switchMap is told that it is over, and does not go on', () => {
    const told = outcome(ending, switchMap((session) => concat(session.play(testFrames(5_000)), session.play(testFrames(5_000)))));
    expect(told).toEqual([expect.stringMatching(new RegExp(`^${ending.at} SessionEndedError`))]);
  });

  it('a play that was under way under switchMap completes', () => {
    expect(outcome(ending, switchMap((session) => session.play(testFrames(5_000))))).toEqual([`${ending.at} complete`]);
  });
});

describe('with a failure, useSession', () => {
  it('passes the error on, and lets go of what is projected', () => {
    const failure = ENDINGS.find(({ reason }) => reason === null)!;
    expect(outcome(failure, useSession((session) => session.play(testFrames(5_000)).pipe(repeat())))).toEqual([expect.stringMatching(/^200 VoiceSocketClosedError/)]);
    expect(outcome(failure, useSession(() => NEVER))).toEqual([expect.stringMatching(/^200 VoiceSocketClosedError/)]);
  });
});

it('a mistake is still one: an error of a session that was let go of is passed on by useSession', () => {
  const told: string[] = [];
  virtualTime(({ flush }) => {
    const { voice, options } = world();
    let old: VoiceSession | undefined;
    connectVoice$(voice.gateway, IDS, options).pipe(useSession((session) => ((old = session), EMPTY))).subscribe();
    timer(200).subscribe(() => {
      connectVoice$(voice.gateway, IDS, options)
        .pipe(useSession(() => old!.play(testFrames(3))))
        .subscribe({ error: (error: unknown) => told.push(String(error)) });
    });
    flush();
  });
  expect(told).toEqual([expect.stringMatching(/SessionEndedError.*take\(1\)/)]);
});
