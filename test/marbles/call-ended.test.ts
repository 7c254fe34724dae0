/** A kick and the end of the call are told apart by what the bot gateway says of the channel, never by the close code alone. */
import { asyncScheduler, merge, switchMap, tap, timer } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { connectVoice$, recoverBy, type VoiceOptions } from '../../src/index.js';
import { testFrames, voiceState, type VirtualVoice } from '../../src/testing/index.js';
import { IDS, virtualTime, world } from '../support/virtual-time.js';

type Event = 'leave' | 'channel' | 'other channel' | 'guild' | 'outage' | 'back' | 4014 | 4022;

function cause(voice: VirtualVoice, event: Event): void {
  if (typeof event === 'number') return voice.close(event);
  switch (event) {
    case 'leave':
      return voice.dispatch('VOICE_STATE_UPDATE', voiceState(IDS.guildId, null));
    case 'guild':
      return voice.dispatch('GUILD_DELETE', { id: IDS.guildId });
    case 'outage':
      return voice.dispatch('GUILD_DELETE', { id: IDS.guildId, unavailable: true });
    case 'back':
      return voice.dispatch('GUILD_CREATE', { id: IDS.guildId });
    default:
      return voice.dispatch('CHANNEL_DELETE', { guild_id: IDS.guildId, id: event === 'channel' ? IDS.channelId : '21', type: 2 });
  }
}

/** How a session ends when these events occur, counted from 100 ms: its last state, what `ended$` emits, and the outcome. */
function story(events: readonly (readonly [number, Event])[], options: VoiceOptions = {}): readonly string[] {
  const told: string[] = [];
  const note = (line: string): void => void told.push(`${asyncScheduler.now()} ${line}`);
  virtualTime(({ flush }) => {
    const { voice, options: inWorld } = world();
    const subscription = connectVoice$(voice.gateway, IDS, { ...inWorld, ...options })
      .pipe(
        switchMap(({ state$, ended$, play }) =>
          merge(
            play(testFrames(5_000)),
            state$.pipe(tap((state) => state.status === 'ended' && note(`state ${state.reason} ${state.closeCode}`))),
            ended$.pipe(tap((reason) => note(reason))),
          ),
        ),
      )
      .subscribe({ error: (error: unknown) => note(String(error)), complete: () => note('complete') });
    for (const [at, event] of events) timer(at).subscribe(() => cause(voice, event));
    timer(60_000).subscribe(() => subscription.unsubscribe());
    flush();
  });
  return told;
}
const ended = (at: number, reason: string, closeCode: number | null): string[] => [
  `${at} state ${reason} ${closeCode}`,
  `${at} ${reason}`,
  `${at} complete`,
];

describe('the end of the call is told from a kick by a proof, whatever comes first', () => {
  it.each<[string, readonly (readonly [number, Event])[], readonly string[]]>([
    ['a bot that was alone is thrown out', [[100, 'leave'], [110, 4022]], ended(350, 'kicked', 4022)],
    ['the same, the close first', [[100, 4022], [110, 'leave']], ended(360, 'kicked', 4022)],
    ['a bot is thrown out of a call that goes on', [[100, 'leave'], [110, 4014]], ended(110, 'kicked', 4014)],
    ['no close comes', [[100, 'leave']], ended(350, 'kicked', null)],
    ['the channel is deleted', [[100, 'channel'], [101, 'leave'], [110, 4022]], ended(110, 'call-ended', 4022)],
    ['the same, the close first', [[100, 4022], [110, 'channel'], [120, 'leave']], ended(120, 'call-ended', 4022)],
    ['the same, the proof last', [[100, 'leave'], [110, 4022], [120, 'channel']], ended(120, 'call-ended', 4022)],
    ['the proof too late', [[100, 'leave'], [110, 4022], [400, 'channel']], ended(350, 'kicked', 4022)],
    ['the close lost', [[100, 'channel'], [110, 'leave']], ended(360, 'call-ended', null)],
    ['the voice state lost', [[100, 'channel'], [110, 4022]], ended(15_110, 'call-ended', 4022)],
    ['the same, without a proof', [[110, 4022]], ended(15_110, 'kicked', 4022)],
    ['another channel is deleted', [[100, 'other channel'], [101, 'leave'], [110, 4022]], ended(351, 'kicked', 4022)],
    ['the guild is deleted', [[100, 'guild'], [101, 'leave'], [110, 4022]], ended(110, 'call-ended', 4022)],
    ['the guild is unavailable', [[100, 'outage'], [110, 4022]], ended(15_110, 'call-ended', 4022)],
    ['the guild is there again when the bot is thrown out', [[100, 'outage'], [200, 'back'], [300, 'leave'], [310, 4022]], ended(550, 'kicked', 4022)],
    ['the guild is unavailable, and the voice server is not', [[100, 'outage']], ['60000 state left null', '60000 left']],
    ['the channel is said to be deleted, and nothing else', [[100, 'channel']], ['60000 state left null', '60000 left']],
  ])('%s', (_, events, expected) => {
    expect(story(events)).toEqual(expected);
  });

  it('what was deleted before a move does not end the next call', () => {
    const told: string[] = [];
    virtualTime(({ flush }) => {
      const { voice, options } = world();
      connectVoice$(voice.gateway, IDS, options).subscribe(({ ended$ }) => ended$.subscribe((reason) => told.push(reason)));
      timer(100).subscribe(() => cause(voice, 'outage'));
      timer(110).subscribe(() => voice.nameServer('voice.test:443'));
      timer(500).subscribe(() => voice.kick());
      flush();
    });
    expect(told).toEqual(['kicked']);
  });

  it('tells of what follows where recovery joins again while the reason is not known yet', () => {
    const recovery = recoverBy({ closed: { 4022: { action: 'rejoin' } } });
    const states: string[] = [];
    virtualTime(({ flush }) => {
      const { voice, options } = world();
      const subscription = connectVoice$(voice.gateway, IDS, { ...options, recovery })
        .pipe(switchMap(({ state$ }) => state$))
        .subscribe(({ status }) => states.push(status));
      timer(100).subscribe(() => cause(voice, 'leave'));
      timer(110).subscribe(() => cause(voice, 4022));
      timer(5_000).subscribe(() => subscription.unsubscribe());
      flush();
    });
    expect(states).toEqual(['ready', 'reconnecting', 'ready']);
  });

  it('recovery has a rule for each', () => {
    const recovery = recoverBy({ kicked: { action: 'rejoin' }, 'call-ended': { action: 'end', reason: 'call-ended' } });
    expect(story([[100, 'leave'], [110, 4022]], { recovery })).toEqual(['60000 state left null', '60000 left']);
    expect(story([[100, 'channel'], [101, 'leave'], [110, 4022]], { recovery })).toEqual(ended(110, 'call-ended', 4022));
  });

  it('what the user is told who has recovery fail names the code', () => {
    const recovery = recoverBy({ kicked: { action: 'fail' }, 'call-ended': { action: 'fail' } });
    expect(story([[100, 'leave'], [110, 4022]], { recovery })).toEqual([expect.stringMatching(/^350 VoiceSocketClosedError.*4022/)]);
    expect(story([[100, 'leave']], { recovery })).toEqual([expect.stringMatching(/^350 VoiceSocketClosedError.*4014/)]);
    expect(story([[100, 'channel'], [110, 'leave']], { recovery })).toEqual([expect.stringMatching(/^360 VoiceSocketClosedError.*4022/)]);
  });
});
