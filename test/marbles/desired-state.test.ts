/** Stay in this channel until told otherwise: what Discord, a moderator and the bot's gateway do to that wish. */
import { asyncScheduler, BehaviorSubject, switchMap, timer, type Subscription } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { connectVoice$, gatewayPort, recoverBy, type GatewayPort, type LogEvent, type VoiceOptions, type VoiceTarget } from '../../src/index.js';
import { VoiceOp } from '../../src/protocol/opcodes.js';
import { testFrames, voiceState, type VirtualVoice } from '../../src/testing/index.js';
import { chronicle, IDS, virtualTime, world } from '../support/virtual-time.js';

interface Story {
  readonly lines: readonly string[];
  readonly states: readonly string[];
  readonly health: readonly string[];
  readonly faults: readonly string[];
  readonly outcome: string;
  /** The numbers of the frames that were sent, in order. */
  readonly frames: readonly number[];
}

/** Plays a song of `frames` frames while `act` causes its faults, until `until` ms. */
function story(
  act: (voice: VirtualVoice, subscription: Subscription) => void,
  { until = 2_000, frames = 40, target = {}, options = {} }: { until?: number; frames?: number; target?: Partial<VoiceTarget>; options?: VoiceOptions } = {},
): Story {
  const states: string[] = [];
  const health: string[] = [];
  const faults: string[] = [];
  let lines: string[] = [];
  let outcome = 'open';
  virtualTime(({ flush }) => {
    const { voice, options: inWorld } = world();
    lines = chronicle(voice);
    const log = (event: LogEvent): void => {
      if (event.type === 'fault') faults.push(`${event.at} ${event.fault.type} ${event.recovery.action}`);
      if (event.type === 'unanswered') faults.push(`${event.at} unanswered ${event.channelId}`);
    };
    const subscription = connectVoice$(voice.gateway, { ...IDS, ...target }, { ...inWorld, log, ...options })
      .pipe(
        switchMap((session) => {
          session.state$.subscribe((state) => states.push(`${asyncScheduler.now()} ${state.status}${'channelId' in state ? ` ${state.channelId}` : ''}`));
          session.health$.subscribe(({ ready, since, reason }) => health.push(`${asyncScheduler.now()} ${ready ? 'ready' : 'off'} since ${since}${reason === null ? '' : `: ${reason}`}`));
          return session.play(testFrames(frames));
        }),
      )
      .subscribe({ error: (error: unknown) => (outcome = String(error)), complete: () => (outcome = 'completed') });
    act(voice, subscription);
    timer(until).subscribe(() => subscription.unsubscribe());
    flush();
  });
  const played = lines.filter((line) => / frame /.test(line)).map((line) => Number(/ frame (\d+)/.exec(line)![1]));
  return { lines, states, health, faults, outcome, frames: played };
}

const whole = (count: number): number[] => Array.from({ length: count }, (_, i) => i);
const op4 = (lines: readonly string[]): string[] => lines.filter((line) => line.includes('op4'));
const after = (ms: number, act: () => void): void => void timer(ms).subscribe(act);

describe("the bot's gateway identifies anew", () => {
  it('op 4 is sent again at once, and the song goes on where it was, in a new session', () => {
    const { lines, states, faults, frames } = story((voice) => after(130, () => voice.reidentify('session-2')));
    expect(op4(lines)).toEqual(['0 op4 20', '130 op4 20', '2000 op4 null']);
    // Both events need two round trips; until they arrive, audio continues on the old session.
    expect(states).toEqual(['60 ready 20', '150 reconnecting', '190 ready 20', '2000 ended']);
    expect(faults).toEqual(['150 gateway-reidentified reidentify']);
    expect(frames).toEqual(whole(40));
  });

  it('a stale voice state of the session before is no kick, and no place to be', () => {
    const { states, frames } = story((voice) => {
      after(130, () => voice.reidentify('session-2'));
      after(145, () => voice.dispatch('VOICE_STATE_UPDATE', voiceState('10', null, 'session')));
      after(200, () => voice.dispatch('VOICE_STATE_UPDATE', voiceState('10', null, 'session')));
    });
    expect(states.map((state) => state.replace(/^\d+ /, ''))).toEqual(['ready 20', 'reconnecting', 'ready 20', 'ended']);
    expect(frames).toEqual(whole(40));
  });

  it("READY of another guild's shard is none of ours", () => {
    const { lines } = story((voice) => after(130, () => voice.dispatch('READY', { shard: [1, 2] })));
    expect(op4(lines)).toEqual(['0 op4 20', '2000 op4 null']);
  });

  it('an op 4 that is not answered then is asked again, three times, and is an error in the end', () => {
    const { faults, outcome } = story(
      (voice) =>
        after(130, () => {
          voice.silence('state', 'server');
          voice.reidentify('session-2');
        }),
      { until: 120_000 },
    );
    expect(faults.map((fault) => fault.replace(/^\d+ /, ''))).toEqual(['timeout rejoin', 'timeout rejoin', 'timeout rejoin', 'timeout fail']);
    expect(outcome).toMatch(/VoiceTimeoutError.*'signalling'/);
  });

  it('the session id that changes without READY waits for the new token', () => {
    const { states, frames } = story((voice) => {
      after(130, () => voice.dispatch('VOICE_STATE_UPDATE', voiceState('10', '20', 'session-2')));
      after(150, () => voice.dispatch('VOICE_SERVER_UPDATE', { guild_id: '10', token: 'new', endpoint: 'voice.test:443' }));
    });
    expect(states).toEqual(['60 ready 20', '150 reconnecting', '190 ready 20', '2000 ended']);
    expect(frames).toEqual(whole(40));
  });
});

describe('a move', () => {
  it('to a full channel, which nobody answers, leaves the song playing where it is', () => {
    const channelId = new BehaviorSubject('20');
    const { states, faults, frames, outcome } = story(
      (voice) =>
        after(130, () => {
          voice.silence('state', 'server');
          channelId.next('21');
        }),
      { until: 12_000, target: { channelId }, frames: 500 },
    );
    expect(states).toEqual(['60 ready 20', '12000 ended']);
    expect(faults).toEqual(['10130 unanswered 21']);
    expect(frames).toEqual(whole(500));
    expect(outcome).toBe('open');
  });

  it('by a moderator whose second half gets lost is mended by a new join', () => {
    const { faults, states, frames } = story(
      (voice) => after(130, () => voice.dispatch('VOICE_STATE_UPDATE', voiceState('10', '21'))),
      { until: 30_000, frames: 600 },
    );
    expect(faults).toEqual(['10130 timeout rejoin']);
    // The moderator's channel, although no server was named for it at first.
    expect(states.at(-2)).toMatch(/ready 21$/);
    expect(frames).toEqual(whole(600));
  });

  it.each([
    ['a new session is asked for', 4006],
    ['the token is refused', 4004],
  ])('is where the bot is to be from then on: also after a rejoin, when %s', (_, code) => {
    const { states, lines, frames } = story((voice) => {
      after(130, () => {
        voice.dispatch('VOICE_STATE_UPDATE', voiceState('10', '21'));
        voice.dispatch('VOICE_SERVER_UPDATE', { guild_id: '10', token: 'moved', endpoint: 'voice.test:443' });
      });
      after(300, () => voice.close(code));
    });
    expect(states.at(-2)).toMatch(/ready 21$/);
    expect(op4(lines).map((line) => line.replace(/^\d+ /, ''))).toEqual(['op4 20', 'op4 null', 'op4 21', 'op4 null']);
    expect(frames).toEqual(whole(40));
  });

  it('is forgotten when another channel is wished for, also one that the bot was moved away from', () => {
    const channelId = new BehaviorSubject('20');
    const { lines } = story(
      (voice) => {
        after(130, () => {
          voice.dispatch('VOICE_STATE_UPDATE', voiceState('10', '21'));
          voice.dispatch('VOICE_SERVER_UPDATE', { guild_id: '10', token: 'moved', endpoint: 'voice.test:443' });
        });
        after(300, () => channelId.next('20'));
        after(600, () => voice.close(4006));
      },
      { target: { channelId } },
    );
    expect(op4(lines).map((line) => line.replace(/^\d+ /, ''))).toEqual(['op4 20', 'op4 20', 'op4 null', 'op4 20', 'op4 null']);
  });

  it('4014 before the voice state of the move: held, and then in the new channel', () => {
    const { states, frames, faults } = story((voice) => {
      after(130, () => voice.close(4014));
      after(200, () => voice.dispatch('VOICE_STATE_UPDATE', voiceState('10', '21')));
      after(230, () => voice.dispatch('VOICE_SERVER_UPDATE', { guild_id: '10', token: 'moved', endpoint: 'voice.test:443' }));
    });
    expect(states).toEqual(['60 ready 20', '130 reconnecting', '270 ready 21', '2000 ended']);
    expect(faults).toEqual(['130 closed wait', '230 moved reidentify']);
    expect(frames).toEqual(whole(40));
  });

  it.each([
    [4014],
    [4022],
  ])('%i that no move follows ends the session', (code) => {
    const { states, outcome, lines } = story((voice) => after(130, () => voice.close(code)), { until: 60_000 });
    expect(outcome).toBe('completed');
    expect(states.at(-1)).toBe('15130 ended');
    // Nobody said whether the bot is still there, so it leaves.
    expect(op4(lines)).toEqual(['0 op4 20', '15130 op4 null']);
  });
});

describe('a bot gateway that cannot send', () => {
  /** The virtual gateway, whose shard is down between two times. */
  function shaky(voice: VirtualVoice, from: number, to: number): GatewayPort {
    const up = (): boolean => asyncScheduler.now() < from || asyncScheduler.now() >= to;
    return gatewayPort(voice.gateway, (command) => {
      if (!up()) throw new Error('the shard is connecting');
      voice.gateway.next(command);
    });
  }

  function join(from: number, to: number, act: (voice: VirtualVoice) => void, options: Partial<VoiceTarget> = {}) {
    const sent: string[] = [];
    const states: string[] = [];
    let outcome = 'open';
    virtualTime(({ flush }) => {
      const { voice, options: inWorld } = world();
      voice.commands$.subscribe(({ d }) => sent.push(`${asyncScheduler.now()} ${d.channel_id}${d.self_mute ? ' mute' : ''}`));
      const subscription = connectVoice$(shaky(voice, from, to), { ...IDS, ...options }, inWorld)
        .pipe(switchMap((session) => session.state$))
        .subscribe({ next: ({ status }) => states.push(`${asyncScheduler.now()} ${status}`), error: (error: unknown) => (outcome = String(error)) });
      act(voice);
      after(60_000, () => subscription.unsubscribe());
      flush();
    });
    return { sent, states, outcome };
  }

  it('is an error on the way in', () => {
    expect(join(0, 100, () => undefined).outcome).toMatch(/VoiceGatewayError.*op 4 could not be sent/);
  });

  it('costs a session nothing: the mute change is sent when the shard has resumed', () => {
    const selfMute = new BehaviorSubject(false);
    const { sent, states, outcome } = join(1_000, 5_000, (voice) => {
      after(2_000, () => selfMute.next(true));
      after(5_000, () => voice.dispatch('RESUMED', {}));
      after(6_000, () => voice.dispatch('RESUMED', {}));
    }, { selfMute }); // prettier-ignore
    expect(sent).toEqual(['0 20', '5000 20 mute', '60000 null']);
    expect([states, outcome]).toEqual([['60 ready'], 'open']);
  });

  it('does not keep it from coming back: a new join waits for the shard', () => {
    const { states, outcome } = join(1_000, 12_000, (voice) => after(2_000, () => voice.close(4006)));
    expect(outcome).toBe('open');
    expect(states.at(-1)).toMatch(/ready$/);
  });

  it('that stays down is an error in the end, which says so', () => {
    expect(join(1_000, Infinity, (voice) => after(2_000, () => voice.close(4006))).outcome).toMatch(/VoiceTimeoutError.*op 4 could not be sent/);
  });
});

describe('a null endpoint', () => {
  const gone = { guild_id: '10', token: 'x', endpoint: null };

  it('is waited for, half a minute, and then op 4 asks', () => {
    const { faults, states, frames, lines } = story((voice) => after(130, () => voice.dispatch('VOICE_SERVER_UPDATE', gone)), { until: 40_000 });
    expect(faults).toEqual(['130 no-endpoint wait']);
    expect(states).toEqual(['60 ready 20', '130 signalling', '30440 reconnecting', '30480 ready 20', '40000 ended'].map((line) => expect.stringMatching(line.replace(/^30\d+/, '30\\d+')))); // prettier-ignore
    expect(op4(lines).length).toBe(4);
    expect(frames).toEqual(whole(40));
  });

  it.each<[string, Parameters<typeof recoverBy>[0], number]>([
    ['fail', { 'no-endpoint': { action: 'fail' } }, 130],
    ['wait, and nothing after that', { 'no-endpoint': { action: 'wait', ms: 5_000 } }, 5_130],
  ])('is an error where the table says %s, and no new join', (_, changes, at) => {
    const { outcome, lines, faults } = story((voice) => after(130, () => voice.dispatch('VOICE_SERVER_UPDATE', gone)), {
      until: 60_000,
      options: { recovery: recoverBy(changes) },
    });
    expect(outcome).toMatch(/VoiceTimeoutError.*null endpoint/);
    expect(faults.length).toBe(1);
    expect(op4(lines)).toEqual(['0 op4 20', `${at} op4 null`]);
  });

  it('without end is an error in the end', () => {
    const { outcome } = story(
      (voice) => {
        after(130, () => {
          voice.silence('server');
          voice.dispatch('VOICE_SERVER_UPDATE', gone);
        });
        voice.commands$.subscribe(({ d }) => d.channel_id !== null && after(15, () => voice.dispatch('VOICE_SERVER_UPDATE', gone)));
      },
      { until: 400_000 },
    );
    expect(outcome).toMatch(/VoiceTimeoutError.*signalling/);
  });
});

describe('a kick', () => {
  const kick = (voice: VirtualVoice): void => voice.dispatch('VOICE_STATE_UPDATE', voiceState('10', null));

  it('ends the session, and what plays completes', () => {
    const { states, outcome } = story((voice) => after(130, () => kick(voice)));
    expect([states.at(-1), outcome]).toEqual(['380 ended', 'completed']);
  });

  it('is answered by a new join if the table says so, and the song goes on where it was', () => {
    const { states, frames, lines } = story((voice) => after(130, () => kick(voice)), {
      options: { recovery: recoverBy({ kicked: { action: 'rejoin' } }) },
    });
    expect(states.at(-2)).toMatch(/ready 20$/);
    expect(op4(lines)[1]).toMatch(/op4 20$/);
    expect(frames).toEqual(whole(40));
  });

  it('that is of a session gone by is none of ours', () => {
    const { states, frames } = story((voice) => after(130, () => voice.dispatch('VOICE_STATE_UPDATE', voiceState('10', null, 'long-gone'))));
    expect(states).toEqual(['60 ready 20', '2000 ended']);
    expect(frames).toEqual(whole(40));
  });

  it('again and again wears such a table out', () => {
    const { outcome } = story(
      (voice) => void voice.frames$.subscribe(({ op }) => op === 1 && after(100, () => kick(voice))),
      { options: { recovery: recoverBy({ kicked: { action: 'rejoin' } }) }, until: 60_000 },
    );
    expect(outcome).toMatch(/VoiceSocketClosedError.*4014/);
  });
});

describe('a UDP socket lost while a resume waits its turn', () => {
  it('is not waited on any longer: nothing is sent to nobody', () => {
    const { frames, states } = story((voice) => {
      after(130, () => voice.close(1006));
      after(145, () => voice.close(1006));
      after(200, () => voice.loseUdp(new Error('ENETDOWN')));
    });
    expect(frames).toEqual(whole(40));
    expect(states[2]).toMatch(/^145 resuming/);
    expect(states[3]).toMatch(/^200 reconnecting/);
  });
});

describe('members$', () => {
  it('after a move are those of the new channel, and nobody until the server has named them', () => {
    const told: string[] = [];
    virtualTime(({ flush }) => {
      const { voice, options } = world();
      const subscription = connectVoice$(voice.gateway, IDS, options)
        .pipe(switchMap((session) => session.members$))
        .subscribe((members) => told.push(`${asyncScheduler.now()} ${[...members].join(' ')}`));
      after(100, () => voice.say(VoiceOp.ClientsConnect, { user_ids: ['40', '41'] }));
      after(130, () => {
        voice.dispatch('VOICE_STATE_UPDATE', voiceState('10', '21'));
        voice.nameServer('voice.test:443');
      });
      after(200, () => voice.say(VoiceOp.ClientsConnect, { user_ids: ['50'] }));
      after(1_000, () => subscription.unsubscribe());
      flush();
    });
    expect(told).toEqual(['60 ', '100 40 41', '130 ', '200 50']);
  });
});

describe('ended$', () => {
  it.each<[string, (voice: VirtualVoice) => void, string[]]>([
    ['a kick', (voice) => after(130, () => voice.kick()), ['130 kicked', '130 complete']],
    ['4022 that nothing follows', (voice) => after(130, () => voice.close(4022)), ['15130 kicked', '15130 complete']],
    ['leaving', () => undefined, ['20000 left', '20000 complete']],
    ['a failure', (voice) => after(130, () => voice.close(4016)), ['130 complete']],
  ])('tells of %s, for streams that are not the session\'s own', (_, act, expected) => {
    const told: string[] = [];
    virtualTime(({ flush }) => {
      const { voice, options } = world();
      const subscription = connectVoice$(voice.gateway, IDS, options).subscribe({
        next: ({ ended$ }) => ended$.subscribe({
          next: (reason) => told.push(`${asyncScheduler.now()} ${reason}`),
          complete: () => told.push(`${asyncScheduler.now()} complete`),
        }),
        error: () => undefined,
      });
      act(voice);
      after(20_000, () => subscription.unsubscribe());
      flush();
    });
    expect(told).toEqual(expected);
  });
});

describe('health$', () => {
  it('says since when, and why not', () => {
    const { health } = story((voice) => {
      after(130, () => voice.close(4006));
    });
    expect(health).toEqual([
      '60 ready since 60',
      '130 ready since 60',
      expect.stringMatching(/^130 off since 130: reconnecting \(attempt 1\), after close code 4006 \(the session is no longer valid\)$/),
      expect.stringMatching(/^\d+ ready since \d{3}$/),
      expect.stringMatching(/^2000 off since 2000: ended: left$/),
    ]);
  });

  it('stays ready while a resume is under way', () => {
    const { health } = story((voice) => after(130, () => voice.close(1006)), { until: 1_000 });
    expect(health.slice(0, -1).every((line) => line.includes('ready since 60'))).toBe(true);
    expect(health.length).toBe(5);
  });
});

describe('latency$', () => {
  it.each([
    ['where the server answers pings', [], ['5070 null 10', '10070 null 10', '13790 10 10', '15070 10 10', '20070 10 10', '25070 10 10', '27540 10 10']],
    ['where it does not', ['ping'], ['13790 10 null', '27540 10 null']],
  ] as const)('tells the round trips, by WebSocket and by UDP, %s', (_, silent, expected) => {
    const told: string[] = [];
    virtualTime(({ flush }) => {
      const { voice, options } = world({ silent });
      const subscription = connectVoice$(voice.gateway, IDS, options)
        .pipe(switchMap((session) => session.latency$))
        .subscribe(({ gateway, udp }) => told.push(`${asyncScheduler.now()} ${gateway} ${udp}`));
      timer(30_000).subscribe(() => subscription.unsubscribe());
      flush();
    });
    expect(told).toEqual(expected);
  });
});
