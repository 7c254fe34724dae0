import { asyncScheduler, BehaviorSubject, EMPTY, NEVER, of, Subject, throwError, timer, type Subscription } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { VoiceGatewayError, VoiceTimeoutError, VoiceUnsupportedError } from '../../../src/errors.js';
import { gatewayPort, type GatewayPayload } from '../../../src/gateway/port.js';
import { signalling$, type VoiceTarget } from '../../../src/gateway/signalling.js';
import { virtualTime } from '../../support/virtual-time.js';

const TARGET: VoiceTarget = { guildId: '10', channelId: '20', userId: '30' };

function state(channel: string | null, changes: Readonly<Record<string, unknown>> = {}): GatewayPayload {
  return { op: 0, t: 'VOICE_STATE_UPDATE', d: { guild_id: '10', user_id: '30', session_id: 's1', channel_id: channel, ...changes } };
}

function server(token: string | undefined, endpoint: unknown = 'a.test:443', changes: Readonly<Record<string, unknown>> = {}): GatewayPayload {
  return { op: 0, t: 'VOICE_SERVER_UPDATE', d: { guild_id: '10', token, endpoint, ...changes } };
}

interface Scene {
  readonly events$: Subject<GatewayPayload>;
  readonly lines: string[];
  readonly joined: Subscription;
  at(ms: number, act: () => void): void;
  says(ms: number, ...payloads: readonly GatewayPayload[]): void;
}

/** Runs a membership in virtual time; every op 4 and every signal is a line with its time. */
function run(body: (scene: Scene) => void, { target = TARGET, events$ = new Subject<GatewayPayload>() }: { target?: VoiceTarget; events$?: Subject<GatewayPayload> } = {}): string[] {
  const lines: string[] = [];
  const note = (line: string): void => void lines.push(`${asyncScheduler.now()} ${line}`);
  virtualTime(({ flush }) => {
    const port = gatewayPort(events$, ({ d }) =>
      note(`op4 ${d.channel_id ?? 'null'}${d.self_mute ? ' mute' : ''}${d.self_deaf ? ' deaf' : ''}`),
    );
    const joined = signalling$(port, target).subscribe({
      next: (signal) => {
        if ('ended' in signal) note(`ended ${signal.ended}`);
        else if ('unanswered' in signal) note(`unanswered ${signal.unanswered}`);
        else if (!('endpoint' in signal)) note(JSON.stringify(signal));
        else note(signal.endpoint === null ? 'no endpoint' : `${signal.channelId} ${signal.sessionId} ${signal.token} ${signal.endpoint}`);
      },
      error: (error: unknown) => note(`error ${(error as Error).message}`),
      complete: () => note('complete'),
    });
    const at = (ms: number, act: () => void): void => void timer(ms).subscribe(act);
    body({ events$, lines, joined, at, says: (ms, ...payloads) => at(ms, () => payloads.forEach((p) => events$.next(p))) });
    flush();
  });
  return lines;
}

describe('joining', () => {
  it('names a server when both events have come, state first', () => {
    expect(run(({ says, at, joined }) => {
      says(5, state('20'));
      says(9, server('t1'));
      at(20, () => joined.unsubscribe());
    })).toEqual(['0 op4 20', '9 20 s1 t1 a.test:443', '20 op4 null']);
  });

  it('names a server when both events have come, server first', () => {
    expect(run(({ says, at, joined }) => {
      says(5, server('t1'));
      says(9, state('20'));
      at(20, () => joined.unsubscribe());
    })).toEqual(['0 op4 20', '9 20 s1 t1 a.test:443', '20 op4 null']);
  });

  it.each<[string, readonly GatewayPayload[], RegExp]>([
    ['neither event comes', [], /neither event.*1 << 7/],
    ['only the state comes', [state('20')], /VOICE_SERVER_UPDATE did not come/],
    ['only the server comes', [server('t1')], /VOICE_STATE_UPDATE did not come.*GUILD_VOICE_STATES/],
  ])('errors with the likely cause after 10 s where %s, and leaves', (_, payloads, cause) => {
    const lines = run(({ says }) => says(5, ...payloads));
    // The leave precedes the error: a caller who rejoins upon the error must not be removed by that leave.
    expect(lines.slice(0, -1)).toEqual(['0 op4 20', '10000 op4 null']);
    expect(lines.at(-1)).toMatch(/^10000 error voice stage 'signalling' took more than 10000 ms/);
    expect(lines.at(-1)).toMatch(cause);
  });

  it('has the deadline of its options, and stops it when the server is named', () => {
    virtualTime(({ hot, expectObservable, expectSubscriptions }) => {
      const silent = hot<GatewayPayload>('-');
      const answering = hot('-s-v', { s: state('20'), v: server('t') });
      const port = (events$: typeof silent) => gatewayPort(events$, () => undefined);
      const error = expect.objectContaining({ code: 'timeout', stage: 'signalling', ms: 50 }) as VoiceTimeoutError;
      expectObservable(signalling$(port(silent), TARGET, { timeout: 50 })).toBe('50ms #', {}, error);
      expectSubscriptions(silent.subscriptions).toBe('^ 49ms !');
      const named = { guildId: '10', userId: '30', channelId: '20', sessionId: 's1', token: 't', endpoint: 'a.test:443' };
      expectObservable(signalling$(port(answering), TARGET, { timeout: 50 }), '^ 99ms !').toBe('---a', { a: named });
      expectSubscriptions(answering.subscriptions).toBe('^ 99ms !');
    });
  });

  it("tells of where another user is, and joins by none of it", () => {
    const other = (channelId: string | null, more = {}): GatewayPayload => state(channelId, { user_id: '31', ...more });
    expect(run(({ says, at, joined }) => {
      says(1, other('20', { connected_at: '2026-11-29T23:00:00.000Z', suppress: true }));
      says(5, state('20'), server('t2'));
      says(6, other(null));
      says(7, other('20', { user_id: 'x' }), other('21', { guild_id: '11' }));
      at(20, () => joined.unsubscribe());
    })).toEqual([
      '0 op4 20',
      `1 {"voiceState":{"userId":"31","channelId":"20","suppressed":true,"connectedAt":${Date.parse('2026-11-29T23:00:00Z')}}}`,
      '5 20 s1 t2 a.test:443',
      '6 {"voiceState":{"userId":"31","channelId":null,"suppressed":false,"connectedAt":null}}',
      '20 op4 null',
    ]);
  });

  it('tells of stages and of the end of the channel, each once, and of no other', () => {
    const deleted = (t: string, d: object): GatewayPayload => ({ op: 0, t, d });
    expect(run(({ says, at, joined }) => {
      says(1, deleted('CHANNEL_DELETE', { id: '20', guild_id: '10' }));
      says(5, state('20', { suppress: true }), server('t2'));
      says(6, state('20', { suppress: true }), state('20', { suppress: false }));
      says(7, deleted('CHANNEL_DELETE', { id: '21', guild_id: '10' }), deleted('GUILD_DELETE', { id: '11' }));
      says(8, state(null));
      // Events after the leave are still emitted, because they explain it.
      says(9, deleted('CHANNEL_DELETE', { id: '20', guild_id: '10' }), deleted('GUILD_DELETE', { id: '10', unavailable: true }));
      at(20, () => joined.unsubscribe());
    })).toEqual([
      '0 op4 20',
      '5 {"suppressed":true}',
      '5 20 s1 t2 a.test:443',
      '6 {"suppressed":false}',
      '8 ended kicked',
      '9 {"gone":"channel"}',
      '9 {"gone":"guild"}',
    ]);
  });

  it.each<[string, GatewayPayload]>([
    ["another guild's state", state('20', { guild_id: '11' })],
    ["another guild's server", server('t1', 'a.test', { guild_id: '11' })],
    ['another event', { op: 0, t: 'MESSAGE_CREATE', d: { guild_id: '10' } }],
    ['another opcode', { op: 4, t: 'VOICE_SERVER_UPDATE', d: { guild_id: '10', token: 't1', endpoint: 'a' } }],
    ['a server without a token', server(undefined)],
    ['a server with an empty endpoint', server('t1', '')],
    ['a state without a session', state('20', { session_id: undefined })],
    ['a state whose channel is no text', state('20', { channel_id: 20 })],
    ['nothing', { op: 0 }],
    ['the late echo of an earlier leave', state(null)],
  ])('pays no heed to %s', (_, payload) => {
    expect(run(({ says, at, joined }) => {
      says(1, payload);
      says(5, state('20'));
      says(6, payload.t === 'VOICE_STATE_UPDATE' && (payload.d as { channel_id: unknown }).channel_id === null ? server('t2', '') : payload);
      says(9, server('t2'));
      at(20, () => joined.unsubscribe());
    })).toEqual(['0 op4 20', '9 20 s1 t2 a.test:443', '20 op4 null']);
  });

  it('takes a raw Subject, in which its own op 4 comes back as an event, without harm', () => {
    const lines: unknown[] = [];
    virtualTime(({ flush }) => {
      const raw = new Subject<never>();
      const joined = signalling$(raw as never, TARGET).subscribe((signal) => lines.push(signal));
      const events = raw as unknown as Subject<GatewayPayload>;
      events.next(state('20'));
      events.next(server('t1'));
      joined.unsubscribe();
      flush();
    });
    expect(lines).toMatchObject([{ token: 't1' }]);
  });
});

describe('leaving', () => {
  it.each<[string, readonly GatewayPayload[]]>([
    ['before any answer', []],
    ['with half an answer', [state('20')]],
    ['with the other half', [server('t1')]],
    ['when the server is named', [state('20'), server('t1')]],
    ['without an endpoint', [state('20'), server('t1'), server('t1', null)]],
  ])('%s sends op 4 null, once, and leaves no timer', (_, payloads) => {
    const lines = run(({ says, at, joined, events$ }) => {
      says(5, ...payloads);
      at(10, () => joined.unsubscribe());
      at(11, () => {
        joined.unsubscribe();
        expect(events$.observed).toBe(false);
      });
    });
    expect(lines.filter((line) => line.includes('null'))).toEqual(['10 op4 null']);
    expect(lines.at(-1)).toBe('10 op4 null');
  });

  it('within the emission of the server sends op 4 null, once', () => {
    const sent: unknown[] = [];
    const events$ = new Subject<GatewayPayload>();
    const joined = signalling$(gatewayPort(events$, ({ d }) => sent.push(d.channel_id)), TARGET).subscribe(() => joined.unsubscribe());
    events$.next(state('20'));
    events$.next(server('t1'));
    expect(sent).toEqual(['20', null]);
  });

  it('after a kick sends nothing: the bot is out', () => {
    expect(run(({ says, at, joined }) => {
      says(5, state('20'), server('t1'));
      says(30, state(null));
      at(40, () => joined.unsubscribe());
    })).toEqual(['0 op4 20', '5 20 s1 t1 a.test:443', '30 ended kicked']);
  });
});

describe('while in the channel', () => {
  it('a repeated server event is named again, a repeated state is not', () => {
    expect(run(({ says, at, joined }) => {
      says(5, state('20'), server('t1'));
      says(6, state('20'), state('20', { self_mute: true }));
      says(7, server('t1'));
      at(20, () => joined.unsubscribe());
    })).toEqual(['0 op4 20', '5 20 s1 t1 a.test:443', '7 20 s1 t1 a.test:443', '20 op4 null']);
  });

  it('the same endpoint with a new token is a new server', () => {
    expect(run(({ says, at, joined }) => {
      says(5, state('20'), server('t1'));
      says(30, server('t2'));
      at(200, () => joined.unsubscribe());
      // Not at 30, because it may be the first half of a move.
    })[2]).toBe('130 20 s1 t2 a.test:443');
  });

  it('a null endpoint is told of, and the next one is waited for, for as long as it takes', () => {
    expect(run(({ says, at, joined }) => {
      says(5, state('20'), server('t1'));
      says(30, server('t1', null));
      says(29_000, server('t2', 'b.test'));
      at(30_000, () => joined.unsubscribe());
    }).slice(2)).toEqual(['30 no endpoint', '29000 20 s1 t2 b.test', '30000 op4 null']);
  });

  it('a null endpoint on the way in starts the deadline anew', () => {
    const lines = run(({ says }) => says(5_000, state('20'), server('t1', null)));
    expect(lines.slice(1)).toEqual(['5000 no endpoint', '15000 op4 null', expect.stringMatching(/^15000 error .*VOICE_SERVER_UPDATE did not come/)]);
  });

  it('being moved by somebody waits for the server of the new channel', () => {
    expect(run(({ says, at, joined }) => {
      says(5, state('20'), server('t1'));
      says(30, state('21'));
      says(35, server('t2', 'b.test'));
      at(40, () => joined.unsubscribe());
    }).slice(2)).toEqual(['35 21 s1 t2 b.test', '40 op4 null']);
  });
});

describe('what is wanted may change', () => {
  it('a new channel is asked for, and named when both events have come', () => {
    const channelId = new BehaviorSubject('20');
    expect(run(({ says, at, joined }) => {
      says(5, state('20'), server('t1'));
      at(50, () => channelId.next('21'));
      says(55, state('21'));
      says(58, server('t2'));
      at(90, () => joined.unsubscribe());
    }, { target: { ...TARGET, channelId } })).toEqual([
      '0 op4 20',
      '5 20 s1 t1 a.test:443',
      '50 op4 21',
      '58 21 s1 t2 a.test:443',
      '90 op4 null',
    ]);
    expect(channelId.observed).toBe(false);
  });

  it('a move that Discord does not answer is told of when the deadline passes, and we are where we were', () => {
    const channelId = new BehaviorSubject('20');
    const lines = run(({ says, at }) => {
      says(5, state('20'), server('t1'));
      at(50, () => channelId.next('21'));
    }, { target: { ...TARGET, channelId } });
    expect(lines.slice(3)).toEqual(['10050 unanswered 21']);
  });

  it('the wish to be where one is already is fulfilled, and nothing is sent', () => {
    const channelId = new BehaviorSubject('20');
    expect(run(({ says, at, joined }) => {
      says(5, state('20'), server('t1'));
      at(50, () => channelId.next('20'));
      at(30_000, () => joined.unsubscribe());
    }, { target: { ...TARGET, channelId } }).slice(2)).toEqual(['30000 op4 null']);
  });

  it('mute and deaf go along, and are sent anew when they change', () => {
    const selfMute = new BehaviorSubject(true);
    expect(run(({ says, at, joined }) => {
      says(5, state('20'), server('t1'));
      at(50, () => selfMute.next(false));
      at(60, () => joined.unsubscribe());
    }, { target: { ...TARGET, selfMute, selfDeaf: true } })).toEqual([
      '0 op4 20 mute deaf',
      '5 20 s1 t1 a.test:443',
      '50 op4 20 deaf',
      '60 op4 null',
    ]);
    expect(selfMute.observed).toBe(false);
  });

  it('nothing is sent before all of it is known, and nothing on leaving then', () => {
    expect(run(({ at, joined }) => at(50, () => joined.unsubscribe()), { target: { ...TARGET, channelId: NEVER } })).toEqual([]);
    const late = new Subject<string>();
    expect(run(({ at, joined }) => {
      at(30, () => late.next('20'));
      at(50, () => joined.unsubscribe());
    }, { target: { ...TARGET, channelId: late } })).toEqual(['30 op4 20', '50 op4 null']);
  });

  it('an end of the wish changes nothing, an error of it is passed on, and the channel is left', () => {
    const lines = run(({ says, at, joined }) => {
      says(5, state('20'), server('t1'));
      at(20, () => joined.unsubscribe());
    }, { target: { ...TARGET, channelId: of('20'), selfMute: of(false) } });
    expect(lines).toEqual(['0 op4 20', '5 20 s1 t1 a.test:443', '20 op4 null']);
    const failing = run(() => undefined, { target: { ...TARGET, channelId: throwError(() => new Error('no channel')) } });
    expect(failing).toEqual(['0 error no channel']);
  });
});

describe('a gateway that fails', () => {
  it('by its stream is a VoiceGatewayError with the cause, and op 4 null is tried', () => {
    expect(run(({ at, events$ }) => at(30, () => events$.error(new Error('shard down'))))).toEqual([
      '0 op4 20',
      '30 op4 null',
      '30 error the bot gateway failed: its stream errored: shard down',
    ]);
  });

  it('by its completion ends the session, and nothing is sent any more', () => {
    expect(run(({ at, events$, says, joined }) => {
      says(5, state('20'), server('t1'));
      at(30, () => events$.complete());
      at(40, () => joined.unsubscribe());
    })).toEqual(['0 op4 20', '5 20 s1 t1 a.test:443', '30 ended gateway-closed']);
  });

  it('by throwing at op 4 is a VoiceGatewayError with the cause; one of our errors is passed as it is', () => {
    const own = new VoiceUnsupportedError('dave', 'own words');
    for (const [thrown, expected] of [[new Error('socket closed'), VoiceGatewayError], [own, VoiceUnsupportedError]] as const) {
      const events$ = new Subject<GatewayPayload>();
      const errors: unknown[] = [];
      const port = gatewayPort(events$, () => {
        throw thrown;
      });
      signalling$(port, TARGET).subscribe({ error: (error: unknown) => errors.push(error) });
      expect(errors).toHaveLength(1);
      expect(errors[0]).toBeInstanceOf(expected);
      expect(expected === VoiceGatewayError ? (errors[0] as Error).cause : errors[0]).toBe(thrown);
      expect(events$.observed).toBe(false);
    }
  });

  it('by throwing when we leave is nobody\'s trouble any more', () => {
    let down = false;
    const port = gatewayPort(NEVER, () => {
      if (down) throw new Error('down');
    });
    const joined = signalling$(port, TARGET).subscribe();
    down = true;
    expect(() => joined.unsubscribe()).not.toThrow();
  });

  it('before it has begun is told of', () => {
    const signals: unknown[] = [];
    const left = signalling$(gatewayPort(EMPTY, () => undefined), TARGET).subscribe((signal) => signals.push(signal));
    expect(signals[0]).toEqual({ ended: 'gateway-closed' });
    left.unsubscribe();
    const errors: unknown[] = [];
    signalling$(gatewayPort(throwError(() => 'down'), () => undefined), TARGET).subscribe({ error: (error: unknown) => errors.push(error) });
    expect(errors).toMatchObject([{ code: 'gateway', cause: 'down' }]);
  });
});
