/** What a session that is over still emits, and that nothing of it stays open; also for a session that never became ready. */
import { asyncScheduler, isObservable, Observable, takeUntil, timer, type SchedulerLike } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { connectVoice$, SessionEndedError, type VoiceOptions, type VoiceSession } from '../../src/index.js';
import { testFrames, type VirtualVoice } from '../../src/testing/index.js';
import { chronicle, IDS, virtualTime, world } from '../support/virtual-time.js';

/** Everything that an Observable emits to someone who subscribes now. */
function asked(source$: Observable<unknown>): { readonly values: unknown[]; readonly end: unknown } {
  const values: unknown[] = [];
  let end: unknown = 'open';
  source$.subscribe({ next: (value) => values.push(value), error: (error: unknown) => (end = error), complete: () => (end = 'complete') }).unsubscribe();
  return { values, end };
}

interface End {
  readonly how: string;
  readonly act: (voice: VirtualVoice) => void;
  readonly options?: VoiceOptions;
  readonly reason: 'left' | 'kicked' | 'gateway-closed' | null;
  readonly state: object;
}

const ENDS: readonly End[] = [
  { how: 'left', act: () => undefined, reason: 'left', state: { status: 'ended', reason: 'left', closeCode: null } },
  { how: 'kicked', act: (voice) => voice.kick(), reason: 'kicked', state: { status: 'ended', reason: 'kicked', closeCode: 4014 } },
  { how: 'the end of the gateway', act: (voice) => voice.endGateway(), reason: 'gateway-closed', state: { status: 'ended', reason: 'gateway-closed', closeCode: null } },
  {
    how: 'failed',
    act: (voice) => voice.close(4006),
    options: { recovery: () => ({ action: 'fail' }) },
    reason: null,
    state: { status: 'failed', reason: expect.stringMatching(/4006/) },
  },
  { how: 'the gateway failed', act: (voice) => voice.endGateway(new Error('gone')), reason: null, state: { status: 'failed', reason: expect.stringMatching(/gone/) } },
];

/** Ends a session at 200 ms, during a play, and subscribes to its streams at 1 s. */
function ended({ act, options = {}, how }: End, ask: (session: VoiceSession, told: ReturnType<typeof asked>) => void): string[] {
  let session: VoiceSession | undefined;
  let lines: string[] = [];
  virtualTime(({ flush }) => {
    const { voice, options: base } = world();
    lines = chronicle(voice);
    let told: ReturnType<typeof asked> | undefined;
    connectVoice$(voice.gateway, IDS, { ...base, ...options })
      .pipe(takeUntil(how === 'left' ? timer(200) : new Observable<never>()))
      .subscribe({
        next: (found) => {
          session = found;
          told = { values: [], end: 'open' };
          const record = told as { values: unknown[]; end: unknown };
          session.play(testFrames(1_000)).subscribe({ error: (error: unknown) => (record.end = error), complete: () => (record.end = 'complete') });
        },
        error: () => undefined,
      });
    timer(200).subscribe(() => act(voice));
    timer(1_000).subscribe(() => ask(session!, told!));
    flush();
  });
  return lines;
}

describe.each(ENDS)('after it: $how', (end) => {
  it('state$, health$ and e2ee$ give their last value, and complete', () => {
    ended(end, (session) => {
      expect(asked(session.state$)).toEqual({ values: [end.state], end: 'complete' });
      const health = asked(session.health$);
      expect(health).toMatchObject({ values: [{ ready: false, since: expect.any(Number), state: end.state }], end: 'complete' });
      expect(asked(session.e2ee$)).toMatchObject({ values: [{ status: 'plain', privacyCode: null, members: [] }], end: 'complete' });
      expect(asked(session.members$)).toMatchObject({ end: 'complete' });
      expect(asked(session.ended$)).toEqual({ values: end.reason === null ? [] : [end.reason], end: 'complete' });
    });
  });

  it('every stream of it is over', () => {
    ended(end, (session) => {
      for (const stream$ of Object.values(session).filter(isObservable)) expect(asked(stream$).end).toBe('complete');
    });
  });

  it('what played has ended with it, and nothing is sent any more', () => {
    const lines = ended(end, (_, played) => {
      if (end.reason === 'left') expect(played.end).toBeInstanceOf(SessionEndedError);
      else if (end.reason === null) expect(played.end).toMatchObject({ name: expect.stringMatching(/^Voice/) });
      else expect(played.end).toBe('complete');
    });
    expect(lines.filter((line) => Number(line.split(' ')[0]) > 600)).toEqual([]);
  });
});

describe('a voice server that is news', () => {
  it('ends the session where recovery fails at it, with an error that names it', () => {
    const errors: unknown[] = [];
    let lines: string[] = [];
    virtualTime(({ flush }) => {
      const { voice, options } = world();
      lines = chronicle(voice);
      const recovery: VoiceOptions['recovery'] = ({ type }) => (type === 'new-token' ? { action: 'fail' } : { action: 'reidentify', delay: 0 });
      connectVoice$(voice.gateway, IDS, { ...options, recovery }).subscribe({ error: (error: unknown) => errors.push(error) });
      timer(200).subscribe(() => voice.nameServer('other.test:443'));
      flush();
    });
    expect(errors).toMatchObject([{ code: 'socket-closed', message: expect.stringMatching(/another voice server or a new token/) }]);
    expect(lines.slice(-3).map((line) => line.split(' ').slice(1).join(' ')).sort()).toEqual(['op4 null', 'socket-', 'udp-']);
  });
});

describe('leaving', () => {
  it.each([5, 15, 20, 25, 30, 35, 45])('at %i ms, on the way in: what was opened is closed, in that very moment', (at) => {
    let lines: string[] = [];
    virtualTime(({ flush }) => {
      const { voice, options } = world();
      lines = chronicle(voice);
      connectVoice$(voice.gateway, IDS, options).pipe(takeUntil(timer(at))).subscribe();
      flush();
    });
    const opened = lines.filter((line) => line.endsWith('+')).map((line) => line.split(' ')[1]!.slice(0, -1));
    expect(lines.filter((line) => line.endsWith('-')).sort()).toEqual(opened.map((kind) => `${at} ${kind}-`).sort());
    expect(lines.filter((line) => line.includes('op4'))).toEqual(['0 op4 20', `${at} op4 null`]);
  });
});

describe('a deadline', () => {
  it('is for one try: a stage that came in time does not fail later, and the next try has a deadline of its own', () => {
    let lines: string[] = [];
    const states: string[] = [];
    virtualTime(({ flush }) => {
      const { voice, options } = world();
      lines = chronicle(voice);
      const timeouts = { signalling: 100, socket: 100, hello: 100, ready: 100, discovery: 100, description: 100, dave: 100 };
      const recovery: VoiceOptions['recovery'] = () => ({ action: 'reidentify', delay: 0 });
      const session$ = connectVoice$(voice.gateway, IDS, { ...options, timeouts, recovery, log: (event) => event.type === 'fault' && states.push(`${event.at} ${event.fault.type}`) });
      session$.pipe(takeUntil(timer(60_000))).subscribe();
      // The first attempt reaches Ready, and then gets no answer.
      voice.silence('discovery');
      timer(1_000).subscribe(() => voice.silence());
      flush();
    });
    // Each attempt needs 10 ms to open and 10 ms until Ready, and waits 100 ms for a datagram.
    const tries = states.map((line) => Number(line.split(' ')[0]));
    expect(states.every((line) => line.endsWith(' timeout'))).toBe(true);
    expect(tries[0]).toBe(140);
    expect(tries.slice(1).every((at, i) => at - tries[i]! === 120)).toBe(true);
    expect(tries.at(-1)).toBeLessThan(1_120);
    expect(lines.at(-1)).toMatch(/^60000 /);
  });
});

describe('connectVoice$', () => {
  it.each([null, 'options', 7])('refuses options that are %j, by a typed error', (options) => {
    const { voice } = world();
    expect(asked(connectVoice$(voice.gateway, IDS, options as never)).end).toMatchObject({ code: 'options', option: 'options' });
  });
});

describe('a scheduler of the caller', () => {
  it('is the one that all times are of', () => {
    const at: number[] = [];
    virtualTime(({ flush }) => {
      const { voice, options } = world();
      const scheduler: SchedulerLike = { now: () => asyncScheduler.now() + 5_000, schedule: asyncScheduler.schedule.bind(asyncScheduler) };
      const session$ = connectVoice$(voice.gateway, IDS, { ...options, scheduler, log: (event) => at.push(event.at) });
      session$.pipe(takeUntil(timer(300))).subscribe();
      flush();
    });
    expect(at.length).toBeGreaterThan(0);
    expect(at.every((ms) => ms >= 5_000 && ms <= 5_300)).toBe(true);
  });
});
