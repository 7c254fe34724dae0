/** Where Discord believes the bot is, asked periodically. */
import { asyncScheduler, concat, EMPTY, map, NEVER, of, Subject, switchMap, tap, throwError, timer, type ObservableInput } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { connectVoice$, gatewayPort, type GatewayPayload, type LogEvent, type VoiceStatePayload } from '../../../src/index.js';
import { whereabouts$ } from '../../../src/gateway/whereabouts.js';
import { voiceState, type VirtualVoice } from '../../../src/testing/index.js';
import { chronicle, IDS, virtualTime, world } from '../../support/virtual-time.js';

type Answer = () => ObservableInput<VoiceStatePayload | null>;

/** Asks every 100 ms; the gateway says that the bot is in channel 20. Returns what is emitted and what is logged. */
function ask(answer: Answer, act: (events$: Subject<GatewayPayload>) => void = () => undefined, until = 350, every = 100): readonly string[] {
  const lines: string[] = [];
  const note = (line: string): void => void lines.push(`${asyncScheduler.now()} ${line}`);
  virtualTime(({ flush }) => {
    const events$ = new Subject<GatewayPayload>();
    const port = gatewayPort(events$, () => undefined);
    const counted: Answer = () => {
      note('?');
      return answer();
    };
    const options = { ask: counted, every, scheduler: asyncScheduler, random: () => Uint8Array.of(128) };
    const log = (entry: { readonly type: string; readonly reason?: string }): void => note(`${entry.type}${entry.reason === undefined ? '' : `: ${entry.reason}`}`);
    const subscription = whereabouts$(port, IDS, { ...options, log }).subscribe({
      next: ({ t, d }) => note(`${t} ${JSON.stringify(d)}`),
      error: (error: unknown) => note(String(error)),
      complete: () => note('complete'),
    });
    events$.next(state('20'));
    act(events$);
    timer(until).subscribe(() => subscription.unsubscribe());
    flush();
  });
  return lines;
}
const state = (channel: string | null): GatewayPayload => ({ op: 0, t: 'VOICE_STATE_UPDATE', d: voiceState(IDS.guildId, channel) });
const here: VoiceStatePayload = { channel_id: '20', session_id: 'session' };
const asked = ['100 ?', '200 ?', '300 ?'];

describe('asking where the bot is', () => {
  it.each<[string, Answer, readonly string[]]>([
    ['what is known', () => of(here), asked],
    ['the same without a session id', () => of({ channel_id: '20' }), asked],
    ['nothing, at once', () => EMPTY, asked],
    ['many answers, of which the first counts', () => concat(of(here), of(null), NEVER), asked],
    ['a promise', () => Promise.resolve(here), ['100 ?']],
    ['an error', () => throwError(() => new Error('503')), asked.flatMap((line) => [line, `${line.split(' ')[0]} ignored: 503`])],
    ['what is no voice state', () => of({} as VoiceStatePayload), asked.flatMap((line) => [line, expect.stringMatching(/ignored: its answer has no channel_id/) as string])],
    ['nothing, ever', () => NEVER, ['100 ?']],
  ])('%s', (_, answer, expected) => {
    expect(ask(answer)).toEqual(expected);
  });

  it('a throw is no end of asking', () => {
    expect(ask(() => { throw new Error('boom'); }, undefined, 250)).toEqual(['100 ?', '100 ignored: boom', '200 ?', '200 ignored: boom']); // prettier-ignore
  });

  it('that is in no channel, is told as the gateway would have, and once', () => {
    const event = `100 VOICE_STATE_UPDATE ${JSON.stringify({ channel_id: null, session_id: 'session', guild_id: '10', user_id: '30' })}`;
    expect(ask(() => of(null))).toEqual(['100 ?', '100 reconciled', event, '200 ?', '300 ?']);
  });

  it('that is elsewhere, is told with all that was answered', () => {
    const lines = ask(() => of({ channel_id: '21', session_id: 'session', suppress: true }), undefined, 150);
    expect(lines.at(-1)).toBe(`100 VOICE_STATE_UPDATE ${JSON.stringify({ channel_id: '21', session_id: 'session', suppress: true, guild_id: '10', user_id: '30' })}`);
  });

  it('is overtaken by what the gateway says meanwhile', () => {
    const slow: Answer = () => timer(40).pipe(map(() => null));
    expect(ask(slow, (events$) => void timer(120).subscribe(() => events$.next(state('21'))), 190)).toEqual(['100 ?']);
  });

  it('is not done while nothing is known: before the first voice state, and after a new session of the gateway', () => {
    expect(ask(() => of(null), (events$) => events$.next({ op: 0, t: 'READY', d: {} }))).toEqual([]);
  });

  it('is not done all the time where it is to be done never', () => {
    expect(ask(() => of(null), undefined, 60_000, Infinity)).toEqual([]);
  });

  it('gives up a question after half a minute', () => {
    expect(ask(() => NEVER, undefined, 30_250)).toEqual(['100 ?', '30200 ?']);
  });
});

describe('a session whose voice state was lost', () => {
  function story(answer: () => VoiceStatePayload | null, act: (voice: VirtualVoice) => void = () => undefined, until = 2_000_000) {
    const states: string[] = [];
    let lines: string[] = [];
    let outcome = 'open';
    const reconciled: string[] = [];
    virtualTime(
      ({ flush }) => {
        const { voice, options } = world();
        lines = chronicle(voice);
        const log = (event: LogEvent): void => void (event.type === 'reconciled' && reconciled.push(`${event.at} ${event.channelId}`));
        const subscription = connectVoice$(voice.gateway, IDS, { ...options, log, whereami: () => of(answer()) })
          .pipe(switchMap(({ state$ }) => state$.pipe(tap((now) => states.push(`${asyncScheduler.now()} ${now.status}${'channelId' in now ? ` ${now.channelId}` : ''}`)))))
          .subscribe({ complete: () => (outcome = 'completed') });
        act(voice);
        timer(until).subscribe(() => subscription.unsubscribe());
        flush();
      },
      { bound: 3_000_000 },
    );
    return { states, outcome, reconciled, op4: lines.filter((line) => line.includes('op4')) };
  }

  it('was thrown out, and ends at the next question: five minutes, and by chance half of it more or less', () => {
    const { states, outcome, reconciled } = story(() => null);
    expect(reconciled).toEqual(['300000 null']);
    expect([states.at(-1), outcome]).toEqual(['300250 ended', 'completed']);
  });

  it('was moved, of which nothing came: it joins there', () => {
    const { states, op4, outcome } = story(() => ({ channel_id: '21', session_id: 'session' }), undefined, 700_000);
    expect(op4.map((line) => line.replace(/^\d+ /, ''))).toEqual(['op4 20', 'op4 null', 'op4 21', 'op4 null']);
    expect(states.at(-2)).toMatch(/ready 21$/);
    expect(outcome).toBe('open');
  });

  it('is left alone where all is as it seems', () => {
    const { states, reconciled } = story(() => ({ channel_id: '20', session_id: 'session' }));
    expect([states, reconciled]).toEqual([['60 ready 20', '2000000 ended'], []]);
  });
});
