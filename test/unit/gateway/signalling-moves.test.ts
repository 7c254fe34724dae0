/** Moves, whoever requests them and in whichever order Discord reports them. */
import { asyncScheduler, map, Subject, timer } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { gatewayPort, type GatewayPayload, type VoiceSignal } from '../../../src/index.js';
import { signalling$ } from '../../../src/driver.js';
import { virtualTime } from '../../support/virtual-time.js';

const ids = { guildId: '10', userId: '30' };
/** Channels are letters here and ids on the wire: A is 200. */
const id = (channel: string): string => String(200 + channel.charCodeAt(0) - 65);
const letter = (channelId: string): string => String.fromCharCode(Number(channelId) - 200 + 65);
const state = (channel: string | null): GatewayPayload => ({
  op: 0,
  t: 'VOICE_STATE_UPDATE',
  d: { guild_id: '10', user_id: '30', channel_id: channel === null ? null : id(channel), session_id: 's' },
});
const server = (token: string): GatewayPayload => ({ op: 0, t: 'VOICE_SERVER_UPDATE', d: { guild_id: '10', token, endpoint: 'e' } });

/** Gateway events with their ms; requested channels; and the resulting signals: `20 A t1` is channel A with token t1. */
function told(events: readonly [number, GatewayPayload][], wishes: readonly [number, string][] = [], mutes: readonly number[] = []) {
  const lines: string[] = [];
  const sent: string[] = [];
  virtualTime(({ flush }) => {
    const events$ = new Subject<GatewayPayload>();
    const channelId = new Subject<string>();
    const selfMute = new Subject<boolean>();
    const port = gatewayPort(events$, ({ d }) => void sent.push(`${asyncScheduler.now()} ${d.channel_id === null ? 'null' : letter(d.channel_id)}`));
    const target = { ...ids, channelId, selfMute };
    const subscription = signalling$(port, target)
      .pipe(map(brief))
      .subscribe({ next: (line) => lines.push(`${asyncScheduler.now()} ${line}`), error: (e: unknown) => lines.push(String(e)) });
    selfMute.next(false);
    channelId.next(id('A'));
    for (const [at, payload] of events) timer(at).subscribe(() => events$.next(payload));
    for (const [at, wish] of wishes) timer(at).subscribe(() => channelId.next(id(wish)));
    for (const at of mutes) timer(at).subscribe(() => selfMute.next(true));
    timer(60_000).subscribe(() => subscription.unsubscribe());
    flush();
  });
  return { lines, sent };
}

function brief(signal: VoiceSignal): string {
  if ('ended' in signal) return signal.ended;
  if (!('endpoint' in signal) && !('unanswered' in signal)) return JSON.stringify(signal);
  if ('unanswered' in signal) return `unanswered ${letter(signal.unanswered)}`;
  return signal.endpoint === null ? 'null' : `${letter(signal.channelId)} ${signal.token}`;
}

const joined: [number, GatewayPayload][] = [[10, state('A')], [20, server('t1')]]; // prettier-ignore

describe('a move that we asked for', () => {
  it.each([
    ['state first', [[110, state('B')], [120, server('t2')]] as [number, GatewayPayload][]],
    ['server first', [[110, server('t2')], [120, state('B')]] as [number, GatewayPayload][]],
  ])('is told once both halves are there, %s', (_, answer) => {
    const { lines, sent } = told([...joined, ...answer], [[100, 'B']]);
    expect(lines).toEqual(['20 A t1', '120 B t2']);
    expect(sent).toEqual(['0 A', '100 B', '60000 null']);
  });

  it('is not answered by a late echo of the channel before', () => {
    const { lines } = told([...joined, [105, state('A')], [110, server('t2')], [115, state('A')], [120, state('B')]], [[100, 'B']]); // prettier-ignore
    expect(lines).toEqual(['20 A t1', '120 B t2']);
  });

  it('that somebody else overrules is accepted when the deadline passes', () => {
    const { lines } = told([...joined, [110, state('C')], [120, server('t2')]], [[100, 'B']]);
    expect(lines).toEqual(['20 A t1', '10100 C t2']);
  });

  it('that is never answered, as that to a full channel, leaves us where we are; a mute change does not ask for it again', () => {
    const { lines, sent } = told([...joined, [20_000, server('t2')]], [[100, 'B']]);
    expect(lines).toEqual(['20 A t1', '10100 unanswered B', '20100 A t2']);
    expect(sent).toEqual(['0 A', '100 B', '60000 null']);
  });

  it('there and back in one tick, server first: each server is for the channel that is told of after it', () => {
    const answers: [number, GatewayPayload][] = [[310, server('t2')], [311, state('B')], [320, server('t3')], [321, state('A')]]; // prettier-ignore
    const { lines, sent } = told([...joined, ...answers], [[100, 'B'], [100, 'A']]);
    expect(lines).toEqual(['20 A t1', '321 A t3']);
    expect(sent).toEqual(['0 A', '100 B', '100 A', '60000 null']);
  });

  it('there and back, and the first to a full channel: nothing is answered, and we are where we were', () => {
    const { lines } = told([...joined, [20_000, state('C')], [20_010, server('t2')]], [[100, 'B'], [100, 'A']]);
    expect(lines).toEqual(['20 A t1', '20010 C t2']);
  });

  it('that is answered by half is an error', () => {
    expect(told([...joined, [110, state('B')]], [[100, 'B']]).lines.at(-1)).toMatch(/VoiceTimeoutError.*VOICE_SERVER_UPDATE did not come/);
  });
});

describe('a move by somebody else', () => {
  it('state first: is told when the new token is there', () => {
    expect(told([...joined, [110, state('B')], [150, server('t2')]]).lines).toEqual(['20 A t1', '150 B t2']);
  });

  it('server first: the new token waits for its channel, and is told once', () => {
    expect(told([...joined, [110, server('t2')], [120, state('B')]]).lines).toEqual(['20 A t1', '120 B t2']);
  });

  it('server first, and the state after 100 ms: the token is spent on the channel before, and a new join asks for another', () => {
    const late: [number, GatewayPayload][] = [[110, server('t2')], [400, state('B')]]; // prettier-ignore
    const answer: [number, GatewayPayload][] = [[910, state(null)], [920, state('B')], [930, server('t3')]]; // prettier-ignore
    const { lines, sent } = told([...joined, ...late, ...answer]);
    expect(lines).toEqual(['20 A t1', '210 A t2', '930 B t3']);
    expect(sent).toEqual(['0 A', '900 null', '900 B', '60000 null']);
  });

  it('server first, and the state after 100 ms, and then another server all the same: nothing is asked for', () => {
    const { lines, sent } = told([...joined, [110, server('t2')], [400, state('B')], [500, server('t3')]]);
    expect(lines).toEqual(['20 A t1', '210 A t2', '500 B t3']);
    expect(sent).toEqual(['0 A', '60000 null']);
  });

  it('is where we are from then on: a mute change does not move us back', () => {
    const { sent } = told([...joined, [110, state('B')], [120, server('t2')]], [], [200]);
    expect(sent).toEqual(['0 A', '200 B', '60000 null']);
  });

  it('twice in a row, each with its own token', () => {
    const { lines } = told([...joined, [110, state('B')], [120, server('t2')], [130, state('C')], [140, server('t3')]]); // prettier-ignore
    expect(lines).toEqual(['20 A t1', '120 B t2', '140 C t3']);
  });
});

describe('after a kick', () => {
  it('nothing is sent any more, neither for a wish nor for a mute nor for leaving', () => {
    const { lines, sent } = told([...joined, [100, state(null)]], [[200, 'B']], [300]);
    expect(lines).toEqual(['20 A t1', '100 kicked']);
    expect(sent).toEqual(['0 A']);
  });
});

describe('joining again right after leaving', () => {
  /** Leaves at 100 and rejoins at 101; then these events arrive. */
  function rejoined(events: readonly [number, GatewayPayload][]): string[] {
    const lines: string[] = [];
    virtualTime(({ flush }) => {
      const events$ = new Subject<GatewayPayload>();
      const port = gatewayPort(events$, () => undefined);
      const join = (from: number, to: number): void => {
        timer(from).subscribe(() => {
          const subscription = signalling$(port, { ...ids, channelId: id('A') })
            .pipe(map(brief))
            .subscribe({ next: (line) => lines.push(`${asyncScheduler.now()} ${line}`), error: (e: unknown) => lines.push(String(e)) });
          timer(to - from).subscribe(() => subscription.unsubscribe());
        });
      };
      join(0, 100);
      join(101, 60_000);
      for (const [at, payload] of [...joined, ...events]) timer(at).subscribe(() => events$.next(payload));
      flush();
    });
    return lines;
  }

  it('the echo of the leave is no kick, whether it comes first', () => {
    expect(rejoined([[110, state(null)], [120, state('A')], [130, server('t2')]])).toEqual(['20 A t1', '130 A t2']); // prettier-ignore
  });

  it('or after late events of the membership before', () => {
    const late: [number, GatewayPayload][] = [[105, state('A')], [106, server('t1')]]; // prettier-ignore
    expect(rejoined([...late, [110, state(null)], [120, state('A')], [130, server('t2')]])).toEqual(['20 A t1', '106 A t1', '130 A t2']); // prettier-ignore
  });

  it('a kick later on is one', () => {
    const lines = rejoined([[110, state(null)], [120, state('A')], [130, server('t2')], [9_000, state(null)]]); // prettier-ignore
    expect(lines).toEqual(['20 A t1', '130 A t2', '9000 kicked']);
  });
});
