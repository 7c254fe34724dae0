/** Hazards of joining that other libraries have: peers.md 1.8, numbers 1, 2, 3 and 6, and the issues of its part 2.A. */
import { BehaviorSubject, switchMap } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { VoiceTimeoutError } from '../../src/index.js';
import { VoiceOp } from '../../src/protocol/opcodes.js';
import { testFrames } from '../../src/testing/index.js';
import { FakeProvider, into } from '../unit/driver/dave/fake-provider.js';
import { after, nameServer, onStage, packetsOf, place, saidOf, without } from './stage.js';

describe('hazard 1, discord.js: VOICE_SERVER_UPDATE before VOICE_STATE_UPDATE leaves it signalling for ever', () => {
  it('the order of the two events makes no difference', () => {
    const orders = (['state-first', 'server-first'] as const).map((eventOrder) => onStage({ until: 1_000, server: { eventOrder } }));
    for (const { states, sockets } of orders) {
      expect(states).toEqual(['60 ready 20', '1000 ended']);
      expect(sockets).toEqual(['20 voice.test:443']);
    }
  });

  it('nor do nine seconds between them, or a server update that is repeated', () => {
    const { states, sockets } = onStage({ until: 10_000, server: { silent: ['state', 'server'] } }, ({ voice }) => {
      after(10, () => nameServer(voice, 'token'));
      after(20, () => nameServer(voice, 'token'));
      after(9_000, () => place(voice, '20'));
      after(9_010, () => nameServer(voice, 'token'));
    });
    expect(states).toEqual(['9040 ready 20', '10000 ended']);
    expect(sockets).toEqual(['9000 voice.test:443']);
  });
});

describe('hazard 2, discord.js: a move whose server update comes first makes an MLS group of the old channel', () => {
  /** The channels that groups were opened for, and those in which the session was ready. */
  function groups(move: 'ours' | 'a moderator', gap: number) {
    const provider = new FakeProvider();
    const channelId = new BehaviorSubject('20');
    const { states } = onStage(
      { until: 2_000, daveVersion: 1, server: { eventOrder: 'server-first' }, target: { channelId }, options: { dave: provider } },
      ({ voice }) => {
        after(500, () => {
          if (move === 'ours') return channelId.next('21');
          nameServer(voice, 'moved');
          after(gap, () => place(voice, '21'));
        });
      },
    );
    return { opened: provider.groups.map(({ options }) => options.channelId), ready: without(states.filter((state) => state.includes('ready'))) };
  }

  it.each(['ours', 'a moderator'] as const)('%s: the group is of the new channel', (move) => {
    expect(groups(move, 10)).toEqual({ opened: ['20', '21'], ready: ['ready 20', 'ready 21'] });
  });

  it('a moderator, and half a second between the two events: the last word is the new channel', () => {
    const { opened, ready } = groups('a moderator', 500);
    expect([opened.at(-1), ready.at(-1)]).toEqual(['21', 'ready 21']);
  });

  it('and the group of the new channel is the one that is joined', () => {
    const provider = new FakeProvider();
    onStage({ until: 1_000, daveVersion: 1, options: { dave: provider } }, ({ voice, binary }) => {
      after(200, () => nameServer(voice, 'moved'));
      after(210, () => place(voice, '21'));
      after(400, () => voice.say(VoiceOp.ClientsConnect, { user_ids: ['40'] }));
      after(420, () => binary(VoiceOp.MlsProposals, 2, 0, 2));
      after(430, () => binary(VoiceOp.MlsWelcome, 3, 0, 0, ...into(1, 30, 40)));
    });
    expect(provider.groups.filter((group) => group.ready).map(({ options }) => options.channelId)).toEqual(['21']);
  });
});

describe('hazard 3, discord.js: a lost discovery datagram hangs it, and a socket closed meanwhile crashes the process', () => {
  it('a lost datagram is sent again, every half second, until it is answered', () => {
    const { datagrams, states } = onStage({ until: 5_000, server: { lostDiscoveries: 3 } });
    expect(datagrams.filter(({ bytes }) => bytes.length === 74).map(({ at }) => at)).toEqual([40, 540, 1_040, 1_540]);
    expect(states[0]).toBe('1560 ready 20');
  });

  it('all of them lost: an error that names the stage and the likely cause', () => {
    const { error, datagrams } = onStage({ until: 60_000, server: { silent: ['discovery'] } });
    expect(error).toBeInstanceOf(VoiceTimeoutError);
    expect(error).toMatchObject({ stage: 'discovery', ms: 6_000, retryable: true, likelyCause: expect.stringMatching(/UDP is blocked.*allow UDP/) });
    expect(datagrams.length).toBe(12);
  });

  it('the WebSocket closes during discovery: a new one follows, and the session comes', () => {
    const { states, sockets, outcome } = onStage({ until: 10_000, server: { lostDiscoveries: 2 } }, ({ voice }) => after(300, () => voice.close(1006)));
    expect(outcome).toBe('open');
    expect(sockets.length).toBe(2);
    expect(states[0]).toMatch(/ready 20$/);
  });

  it('and so it is when the UDP socket is lost during discovery', () => {
    const { states, outcome } = onStage({ until: 10_000, server: { lostDiscoveries: 2 } }, ({ voice }) =>
      after(300, () => voice.loseUdp(new Error('Cannot perform IP discovery - socket closed'))),
    );
    expect(outcome).toBe('open');
    expect(states[0]).toMatch(/ready 20$/);
  });
});

describe('hazard 6, disgo: one second of delay before every first join', () => {
  it('op 4 goes out upon subscribing, and the WebSocket opens with the second of the two events', () => {
    const { op4, sockets, states } = onStage({ until: 100 });
    expect(op4[0]).toBe('0 20');
    expect(sockets).toEqual(['20 voice.test:443']);
    // Six answers take 10 ms each, with no delay between them.
    expect(states[0]).toBe('60 ready 20');
  });
});

describe('joining right after leaving (discord.js #4058, #4293)', () => {
  // The gateway's news comes in order: the echo of the leave, then the answer to the new op 4.
  it.each([
    ['at once', 10, 0],
    ['just before the answer', 10, 9],
    ['late', 400, 390],
  ])('works, and the echo of the leave, which comes %s, is no kick', (_, roundTrip, echo) => {
    const rejoin$ = new BehaviorSubject(0);
    const { op4, states, outcome, ...wire } = onStage(
      {
        until: 12_000,
        server: { roundTrip },
        // switchMap leaves and joins in the same instant.
        then: (session$) => rejoin$.pipe(switchMap(() => session$), switchMap((session) => session.play(testFrames(10)))),
      },
      ({ voice }) => {
        voice.commands$.subscribe(({ d }) => d.channel_id === null && after(echo, () => place(voice, null)));
        after(5_000, () => rejoin$.next(1));
      },
    );
    expect(without(op4)).toEqual(['20', 'null', '20', 'null']);
    expect(without(states)).toEqual(['ready 20', 'ended', 'ready 20', 'ended']);
    expect(outcome).toBe('open');
    expect(packetsOf(wire).filter(({ silence }) => !silence).length).toBe(20);
  });

  it('before the first join was answered: its answer is not taken for that of the second', () => {
    const rejoin$ = new BehaviorSubject(0);
    const wire = onStage(
      { until: 5_000, server: { silent: ['state', 'server'] }, then: (session$) => rejoin$.pipe(switchMap(() => session$)) },
      ({ voice }) => {
        after(5, () => rejoin$.next(1));
        after(10, () => place(voice, '20', 'first'));
        after(20, () => nameServer(voice, 'token-of-the-first'));
        after(30, () => place(voice, null, 'first'));
        after(40, () => place(voice, '20', 'second'));
        after(50, () => nameServer(voice, 'token-of-the-second'));
      },
    );
    expect(without(wire.states)).toEqual(['ready 20', 'ended']);
    expect(saidOf(wire, VoiceOp.Identify).at(-1)!.d).toMatchObject({ session_id: 'second', token: 'token-of-the-second' });
  });
});

describe('no GUILD_VOICE_STATES intent (discord.js voice #203): never ready, and no hint', () => {
  it.each([
    ['state', /VOICE_STATE_UPDATE did not come.*GUILD_VOICE_STATES intent/],
    ['server', /VOICE_SERVER_UPDATE did not come/],
  ] as const)('the %s update does not come: the error says so', (silent, cause) => {
    const wire = onStage({ until: 60_000, server: { silent: [silent] } });
    const { error, op4 } = wire;
    expect(error).toMatchObject({ code: 'timeout', stage: 'signalling', likelyCause: expect.stringMatching(cause) });
    // The request to join is withdrawn: a bot that is not connected must not appear in the channel.
    expect(without(op4)).toEqual(['20', 'null']);
    expect(saidOf(wire, VoiceOp.Identify)).toEqual([]);
  });
});
