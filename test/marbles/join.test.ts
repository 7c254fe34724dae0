import { map, switchMap, timer } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { connectVoice$, type LogEvent, type VoiceState } from '../../src/index.js';
import type { VirtualSilence } from '../../src/testing/index.js';
import { testFrames } from '../../src/testing/index.js';
import { chronicle, IDS, virtualTime, world } from '../support/virtual-time.js';

/** What a join does, whichever of the two events comes first; it takes 60 ms: six round trips of 10 ms. */
const JOINED = [
  '0 op4 20',
  '20 socket+',
  '30 > 0',
  '40 udp+',
  '50 > 1',
  '60 > 5 speaking 0',
];
const LEFT = ['200 op4 null', '200 socket-', '200 udp-'];

describe('joining', () => {
  it.each(['state-first', 'server-first'] as const)('emits one session, %s', (eventOrder) => {
    virtualTime(({ expectObservable, flush }) => {
      const { voice, options } = world({ eventOrder });
      const lines = chronicle(voice);
      const session$ = connectVoice$(voice.gateway, IDS, options).pipe(map(({ guildId, userId }) => ({ guildId, userId })));

      //                             60 ms: six round trips
      const expected = '         60ms s            ';
      const unsub = '   ^-------- 191ms !';

      expectObservable(session$, unsub).toBe(expected, { s: { guildId: '10', userId: '30' } });
      flush();
      expect(lines).toEqual([...JOINED, ...LEFT]);
    });
  });

  it('does nothing before it is subscribed, and joins anew for each subscription', () => {
    virtualTime(({ expectObservable, flush }) => {
      const { voice, options } = world();
      const lines = chronicle(voice);
      const session$ = connectVoice$(voice.gateway, IDS, options).pipe(map(() => 'session'));

      expectObservable(session$, '100ms ^ 99ms !').toBe('160ms s', { s: 'session' });
      expectObservable(session$, '300ms ^ 99ms !').toBe('360ms s', { s: 'session' });
      flush();
      expect(lines.filter((line) => line.includes('op4'))).toEqual(['100 op4 20', '200 op4 null', '300 op4 20', '400 op4 null']);
      expect(lines.filter((line) => /[-+]$/.test(line)).map((line) => line.split(' ')[1])).toEqual([
        'socket+', 'udp+', 'socket-', 'udp-', 'socket+', 'udp+', 'socket-', 'udp-',
      ]); // prettier-ignore
    });
  });

  it('logs the opcode of every frame, both ways', () => {
    const frames: string[] = [];
    const log = (event: LogEvent): void => void (event.type === 'frame' && frames.push(`${event.at} ${event.direction} ${event.op}`));
    virtualTime(({ flush }) => {
      const { voice, options } = world();
      const session = connectVoice$(voice.gateway, IDS, { ...options, log }).subscribe();
      timer(99).subscribe(() => session.unsubscribe());
      flush();
    });
    expect(frames).toEqual(['30 in 8', '30 out 0', '40 in 2', '50 out 1', '60 in 4', '60 out 5']);
  });

  it('logs every stage as it begins', () => {
    virtualTime(({ expectObservable, flush }) => {
      const { voice, options } = world();
      const states: VoiceState[] = [];
      const log = (event: LogEvent): void => void (event.type === 'state' && states.push(event.state));
      expectObservable(connectVoice$(voice.gateway, IDS, { ...options, log }).pipe(map(() => 's')), '^ 99ms !').toBe('60ms s');
      flush();
      expect(states).toEqual([
        { status: 'signalling' },
        ...(['socket', 'hello', 'ready', 'discovery', 'description'] as const).map((stage) => ({
          status: 'connecting',
          stage,
          attempt: 1,
        })),
        { status: 'ready', channelId: '20', ssrc: 1001, mode: 'aead_aes256_gcm_rtpsize', daveVersion: 0 },
        { status: 'ended', reason: 'left', closeCode: null },
      ]);
    });
  });

  it('asks for its address again until it is answered: two discovery replies lost', () => {
    virtualTime(({ expectObservable, flush }) => {
      const { voice, options } = world({ lostDiscoveries: 2 });
      const discoveries: number[] = [];
      const log = (event: LogEvent): void => void (event.type === 'discovery' && discoveries.push(event.at));

      //                                       asked at 40, 540 and 1040
      expectObservable(connectVoice$(voice.gateway, IDS, { ...options, log }).pipe(map(() => 's')), '^ 2s !').toBe('1060ms s');
      flush();
      expect(discoveries).toEqual([40, 540, 1040]);
    });
  });

  /** What is never answered, the stage that reports it, when its deadline passes, and a part of the text that names the likely cause. */
  const hangs: readonly [VirtualSilence, string, number, RegExp][] = [
    ['state', 'signalling', 10_000, /VOICE_STATE_UPDATE did not come.*GUILD_VOICE_STATES intent/],
    ['server', 'signalling', 10_000, /VOICE_SERVER_UPDATE did not come/],
    ['open', 'socket', 10_020, /did not open/],
    ['hello', 'hello', 5_030, /said nothing/],
    ['ready', 'ready', 5_030, /did not answer Identify/],
    ['discovery', 'discovery', 6_040, /UDP is blocked/],
    ['description', 'description', 5_050, /did not answer Select Protocol/],
  ];
  it.each(hangs)('errors when %s hangs, naming the stage, and leaves nothing open', (silence, stage, at, cause) => {
    virtualTime(({ expectObservable, flush }) => {
      const { voice, options } = world({ silent: [silence] });
      const lines = chronicle(voice);
      const session$ = connectVoice$(voice.gateway, IDS, options);
      const matching: unknown = expect.objectContaining({ code: 'timeout', stage, retryable: true, likelyCause: expect.stringMatching(cause) });
      expectObservable(session$).toBe(`${at}ms #`, undefined, matching);
      flush();
      expectBalanced(lines);
    });
  });

  it('names both causes when neither event comes', () => {
    virtualTime(({ flush }) => {
      const { voice, options } = world({ silent: ['state', 'server'] });
      const lines = chronicle(voice);
      let error: unknown;
      const session$ = connectVoice$(voice.gateway, IDS, { ...options, timeouts: { signalling: 3_000 } });
      session$.subscribe({ error: (e: unknown) => (error = e) });
      flush();
      expect(String(error)).toMatch(/more than 3000 ms.*channel is full.*CONNECT.*intent.*shard/);
      expect(lines).toEqual(['0 op4 20', '3000 op4 null']);
    });
  });

  it('leaves at once, with nothing left open, at whatever moment it is unsubscribed', () => {
    // 0 to 60 ms: every stage of the join; then a play of 4 frames, its silence frames, and the quiet after them.
    for (let at = 0; at <= 260; at += 1) {
      virtualTime(({ flush }) => {
        const { voice, options } = world();
        const lines = chronicle(voice);
        const play$ = connectVoice$(voice.gateway, IDS, options).pipe(switchMap((session) => session.play(testFrames(4))));
        const subscription = play$.subscribe();
        timer(at).subscribe(() => subscription.unsubscribe());
        flush();
        expectBalanced(lines);
        // It leaves first, then closes, at the same moment; no datagram and no heartbeat follows.
        const after = lines.slice(lines.indexOf(`${at} op4 null`));
        expect(after[0]).toBe(`${at} op4 null`);
        expect(after.every((line) => line.startsWith(`${at} `) && !line.includes('>') && !line.includes('rtp'))).toBe(true);
      });
    }
  });
});

/** Every opened socket was closed, and every join was followed by a leave. */
function expectBalanced(lines: readonly string[]): void {
  const count = (what: RegExp): number => lines.filter((line) => what.test(line)).length;
  expect(count(/socket\+$/)).toBe(count(/socket-$/));
  expect(count(/udp\+$/)).toBe(count(/udp-$/));
  expect(count(/op4 \d+$/)).toBe(count(/op4 null$/));
}
