/** Rejoining right after leaving: the echo of the leave, a kick, and how they are told apart. */
import { asyncScheduler, map, Subject, timer, type Subscription } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { gatewayPort, type GatewayPayload } from '../../../src/index.js';
import { signalling$ } from '../../../src/driver.js';
import { virtualTime } from '../../support/virtual-time.js';

const IDS = { guildId: '10', userId: '30', channelId: '20' };
const state = (channel: string | null, session = 's'): GatewayPayload => ({
  op: 0,
  t: 'VOICE_STATE_UPDATE',
  d: { guild_id: '10', user_id: '30', channel_id: channel, session_id: session },
});
const server = (token: string): GatewayPayload => ({ op: 0, t: 'VOICE_SERVER_UPDATE', d: { guild_id: '10', token, endpoint: 'e' } });
type Events = readonly [number, GatewayPayload][];

/** In the channel from 0 to 100 ms, and again from `rejoins` on; returns the signals of the second membership, and every op 4. */
function rejoined(first: Events, rejoins: number, second: Events) {
  const lines: string[] = [];
  const sent: string[] = [];
  virtualTime(({ flush }) => {
    const events$ = new Subject<GatewayPayload>();
    const port = gatewayPort(events$, ({ d }) => void sent.push(`${asyncScheduler.now()} ${d.channel_id}`));
    const note = (line: string): void => void lines.push(`${asyncScheduler.now()} ${line}`);
    const join = (listener: (line: string) => void): Subscription =>
      signalling$(port, IDS)
        .pipe(map((signal) => ('ended' in signal ? signal.ended : 'token' in signal ? signal.token : JSON.stringify(signal))))
        .subscribe({ next: listener, error: (error: unknown) => listener(String(error)) });
    const before = join(() => undefined);
    timer(100).subscribe(() => before.unsubscribe());
    timer(rejoins).subscribe(() => {
      const joined = join(note);
      timer(60_000).subscribe(() => joined.unsubscribe());
    });
    for (const [at, payload] of [...first, ...second]) timer(at).subscribe(() => events$.next(payload));
    flush();
  });
  return { lines, sent };
}

const ANSWERED: Events = [[10, state('20')], [20, server('t1')]]; // prettier-ignore

describe('a kick soon after leaving and joining again', () => {
  it.each([110, 600, 2_900, 4_900])('%i ms after the leave is one, when the echo was heard', (kick) => {
    const { lines, sent } = rejoined(ANSWERED, 101, [[102, state(null)], [103, state('20')], [104, server('t2')], [100 + kick, state(null)]]); // prettier-ignore
    expect(lines).toEqual(['104 t2', `${100 + kick} kicked`]);
    // The kick is not answered by a rejoin.
    expect(sent).toEqual(['0 20', '100 null', '101 20']);
  });

  it.each([1_110, 2_900, 4_900])('%i ms after the leave is one, when the echo came while nobody listened', (kick) => {
    const { lines, sent } = rejoined(ANSWERED, 1_000, [[200, state(null)], [1_010, state('20')], [1_020, server('t2')], [100 + kick, state(null)]]); // prettier-ignore
    expect(lines).toEqual(['1020 t2', `${100 + kick} kicked`]);
    expect(sent).toEqual(['0 20', '100 null', '1000 20']);
  });

  it.each([30, 60, 99])('is one when another server had been named at %i ms, and was still waited with for a voice state', (named) => {
    const first: Events = [...ANSWERED, [named, server('t1b')]];
    const { lines } = rejoined(first, 1_000, [[200, state(null)], [1_010, state('20')], [1_020, server('t2')], [2_000, state(null)]]); // prettier-ignore
    expect(lines).toEqual(['1020 t2', '2000 kicked']);
  });

  it('is one after a second server, too: the first may have been the answer that was due to the first join', () => {
    const { lines } = rejoined([], 1_000, [[1_010, state('20')], [1_020, server('t1')], [1_500, server('t2')], [2_000, state(null)]]); // prettier-ignore
    expect(lines).toEqual(['1020 t1', '1600 t2', '2000 kicked']);
  });

  it('that cannot be told from the echo is told from it by nothing that follows', () => {
    const { lines, sent } = rejoined([], 1_000, [[1_010, state('20')], [1_020, server('t1')], [2_000, state(null)]]); // prettier-ignore
    expect(lines).toEqual(['1020 t1', '12000 kicked']);
    expect(sent).toEqual(['0 20', '100 null', '1000 20']);
  });
});

describe('the echo of the leave', () => {
  it('is waited for behind the answer that was due to the first join', () => {
    const { lines } = rejoined([], 101, [[110, state('20')], [120, server('t1')], [130, state(null)], [140, state('20')], [150, server('t2')]]); // prettier-ignore
    expect(lines).toEqual(['120 t1', '150 t2']);
  });

  it('without any answer behind it is an error when the deadline has passed: from the echo on', () => {
    const { lines, sent } = rejoined(ANSWERED, 101, [[105, state('20')], [110, state(null)]]); // prettier-ignore
    expect(lines).toEqual([expect.stringMatching(/^10110 VoiceTimeoutError.*neither event/)]);
    expect(sent).toEqual(['0 20', '100 null', '101 20', '10110 null']);
  });

  it('that never comes, and no answer either, is an error when the deadline has passed: from op 4 on', () => {
    const { lines } = rejoined(ANSWERED, 101, []);
    expect(lines).toEqual([expect.stringMatching(/^10101 VoiceTimeoutError.*neither event/)]);
  });

  it('is expected once: the state of another session uses it up, and what comes then is a kick', () => {
    const { lines } = rejoined(ANSWERED, 101, [[103, state('20', 's2')], [104, server('t1')], [105, state(null, 's')], [106, state(null, 's2')]]); // prettier-ignore
    expect(lines).toEqual(['104 t1', '106 kicked']);
  });

  it('has come after 5 s, whatever was answered', () => {
    const { lines } = rejoined([], 5_100, [[5_110, state('20')], [5_120, server('t1')], [5_130, state(null)]]); // prettier-ignore
    expect(lines).toEqual(['5120 t1', '5130 kicked']);
  });
});
