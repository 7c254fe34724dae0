/** Whatever Discord, moderators and the user do, in whichever order: the guarantees of a membership at every moment. */
import fc from 'fast-check';
import { asyncScheduler, Subject, timer } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { gatewayPort, type GatewayPayload, type VoiceServer } from '../../../src/index.js';
import { signalling$ } from '../../../src/driver.js';
import { virtualTime } from '../../support/virtual-time.js';

const CHANNELS = ['20', '21', '22'] as const;
const act = fc.oneof(
  fc.record({ type: fc.constant('wish' as const), channel: fc.constantFrom(...CHANNELS) }),
  fc.record({ type: fc.constant('mute' as const), mute: fc.boolean() }),
  fc.record({ type: fc.constant('move' as const), channel: fc.constantFrom(...CHANNELS), serverFirst: fc.boolean(), gap: fc.constantFrom(0, 10, 90, 150, 600) }),
  fc.record({ type: fc.constant('fail-over' as const) }),
  fc.record({ type: fc.constant('null endpoint' as const) }),
  fc.record({ type: fc.constant('ready' as const) }),
  fc.record({ type: fc.constant('full' as const), full: fc.boolean() }),
);
const script = fc.record({
  serverFirst: fc.boolean(),
  latency: fc.constantFrom(0, 1, 40, 300),
  /** ms from the first act until the subscription ends. */
  stays: fc.oneof(fc.constant(60_000), fc.nat(15_000)),
  acts: fc.array(fc.record({ pause: fc.constantFrom(0, 1, 50, 700, 12_000), act }), { maxLength: 25 }),
});
type Script = typeof script extends fc.Arbitrary<infer T> ? T : never;

interface Told {
  readonly servers: VoiceServer[];
  readonly op4: { readonly channel: string | null; readonly mute: boolean }[];
  readonly errors: string[];
  /** The channel that Discord has us in at the end, and the last token it gave out for it. */
  readonly present: string | null;
  readonly token: string;
  readonly wanted: { readonly mute: boolean };
}

function play({ serverFirst, latency, acts, stays }: Script): Told {
  const told = { servers: [] as VoiceServer[], op4: [] as Told['op4'], errors: [] as string[], present: null as string | null, token: '', wanted: { mute: false } };
  virtualTime(({ flush }) => {
    const events$ = new Subject<GatewayPayload>();
    const channelId = new Subject<string>();
    const selfMute = new Subject<boolean>();
    let session = 1;
    let full = false;
    let tokens = 0;
    /** When the last event is delivered: Discord delivers events in the order in which they happened. */
    let last = 0;
    let pending = 0;
    const dispatch = (delay: number, t: string, d: object): void => {
      last = Math.max(last, asyncScheduler.now() + delay);
      pending += 1;
      const event = (): void => {
        pending -= 1;
        events$.next({ op: 0, t, d: { guild_id: '10', ...d } });
      };
      if (pending === 1 && last === asyncScheduler.now()) event();
      else timer(last - asyncScheduler.now()).subscribe(event);
    };
    const state = (delay: number): void =>
      dispatch(delay, 'VOICE_STATE_UPDATE', { user_id: '30', channel_id: told.present, session_id: `s${session}` });
    const server = (delay: number): void => {
      told.token = `t${++tokens}`;
      dispatch(delay, 'VOICE_SERVER_UPDATE', { token: told.token, endpoint: 'e' });
    };
    const both = (first: boolean, delay: number, gap: number): void => {
      (first ? server : state)(delay);
      (first ? state : server)(delay + gap);
    };
    const port = gatewayPort(events$, ({ d: { channel_id, self_mute } }) => {
      told.op4.push({ channel: channel_id, mute: self_mute });
      const moves = channel_id !== told.present;
      if (moves && full && channel_id !== null) return;
      told.present = channel_id;
      if (channel_id === null || !moves) state(latency);
      else both(serverFirst, latency, latency === 0 ? 0 : 1);
    });
    const joined = signalling$(port, { guildId: '10', userId: '30', channelId, selfMute }).subscribe({
      next: (signal) => 'token' in signal && told.servers.push(signal),
      error: (error: unknown) => told.errors.push(String(error)),
    });
    const perform = (one: Script['acts'][number]['act']): void => {
      if (one.type === 'wish') channelId.next(one.channel);
      if (one.type === 'mute') selfMute.next((told.wanted = { mute: one.mute }).mute);
      if (one.type === 'full') full = one.full;
      if (told.present === null) return;
      if (one.type === 'fail-over') server(0);
      if (one.type === 'null endpoint') {
        dispatch(0, 'VOICE_SERVER_UPDATE', { token: 'none', endpoint: null });
        timer(1_500).subscribe(() => told.present !== null && server(0));
      }
      if (one.type === 'ready') {
        session += 1;
        told.present = null;
        dispatch(0, 'READY', { shard: [0, 1] });
      }
      if (one.type === 'move' && one.channel !== told.present) {
        told.present = one.channel;
        both(one.serverFirst, 0, one.gap);
      }
    };
    selfMute.next(false);
    channelId.next('20');
    let at = 1_000;
    for (const { pause, act: one } of acts) timer((at += pause)).subscribe(() => perform(one));
    timer(stays < 60_000 ? 1_000 + stays : at + 60_000).subscribe(() => joined.unsubscribe());
    flush();
    expect([events$.observed, channelId.observed, selfMute.observed]).toEqual([false, false, false]);
  });
  return told;
}

describe('a membership, in a storm', () => {
  it('never tells a token with two places, and leaves in the end', () => {
    fc.assert(
      fc.property(script, (each) => {
        const { servers, op4 } = play(each);
        const places = new Map<string, string>();
        for (const { token, channelId, sessionId } of servers) {
          const place = `${channelId} ${sessionId}`;
          expect(places.get(token) ?? place).toBe(place);
          places.set(token, place);
        }
        expect(op4.at(-1)?.channel).toBe(null);
      }),
      { numRuns: 200 },
    );
  });

  it('knows in the end where it is, and by which token, and has said what was wanted last', () => {
    let played = 0;
    let failed = 0;
    fc.assert(
      fc.property(script, (each) => {
        const { servers, op4, errors, token, wanted } = play({ ...each, stays: 60_000 });
        // A full channel never answers; and if moves cross, it is not always known which voice state belongs to which server.
        for (const error of errors) expect(error).toMatch(/^VoiceTimeoutError: voice stage 'signalling'/);
        failed += errors.length;
        played += 1;
        if (errors.length > 0) return;
        expect(servers.at(-1)?.token).toBe(token);
        expect(op4.findLast(({ channel }) => channel !== null)?.mute).toBe(wanted.mute);
      }),
      { numRuns: 200 },
    );
    // About one in ten; if all of them failed, the other checks would prove nothing.
    expect(failed / played).toBeLessThan(0.5);
  });
});
