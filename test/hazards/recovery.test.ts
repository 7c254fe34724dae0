/** Hazards of recovery that other libraries have: peers.md 1.8, numbers 4, 5, 6, 7, 8, 9 and 10, and the issues of its part 2.B. */
import { retry, switchMap } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { voiceRetry } from '../../src/index.js';
import { VoiceOp } from '../../src/protocol/opcodes.js';
import { testFrames } from '../../src/testing/index.js';
import { parsePong } from '../../src/protocol/keepalive.js';
import { after, nameServer, onStage, packetsOf, place, saidOf, times, without, type Wire } from './stage.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
/** Closes each WebSocket when the client sends this opcode on it. */
const closeAt = (code: number, op: number) => ({ voice }: Wire): void =>
  void voice.frames$.subscribe((frame) => frame.op === op && after(1, () => voice.close(code)));
/** The moment of the close: in answer to Identify or Select Protocol, or after the session has been ready for a second. */
const MOMENTS = [
  ['upon Identify', (code: number) => closeAt(code, VoiceOp.Identify)],
  ['upon Select Protocol', (code: number) => closeAt(code, VoiceOp.SelectProtocol)],
  ['after a second of being ready', (code: number) => ({ voice }: Wire) =>
    void voice.frames$.subscribe((frame) => frame.op === VoiceOp.SelectProtocol && after(1_000, () => voice.close(code)))],
] as const; // prettier-ignore

describe.each(MOMENTS)('closed %s, each time', (_, closing) => {
  // The whole bot, as an application writes it: `retry` joins again where that can help.
  const bot = (code: number) => onStage({ until: 10 * MINUTE, then: (session$) => session$.pipe(retry(voiceRetry())) }, closing(code));

  it('hazard 4, discord.js 0.19.2: 4017 loops without delay. Here: one WebSocket in ten minutes, and a typed error', () => {
    const { sockets, op4, error } = bot(4017);
    expect(sockets.length).toBe(1);
    expect(without(op4)).toEqual(['20', 'null']);
    expect(error).toMatchObject({ code: 'unsupported', what: 'dave', retryable: false });
  });

  it('hazards 4 and 6, discord.js and disgo: 4021 joins again. Here: one WebSocket, one join', () => {
    const { sockets, op4, error } = bot(4021);
    expect(sockets.length).toBe(1);
    expect(without(op4)).toEqual(['20', 'null']);
    expect(error).toMatchObject({ code: 'socket-closed', closeCode: 4021, retryable: false });
  });

  it('hazards 4 and 6: 4022 joins again. Here: one WebSocket, one join, and the session completes', () => {
    const { sockets, op4, outcome } = bot(4022);
    expect(sockets.length).toBe(1);
    expect(without(op4)).toEqual(['20', 'null']);
    expect(outcome).toBe('completed');
  });

  it('hazard 10, JDA: 4017 is unknown, and so resumed without end. Here: no Resume, one Identify', () => {
    const wire = bot(4017);
    expect([saidOf(wire, VoiceOp.Resume).length, saidOf(wire, VoiceOp.Identify).length]).toEqual([0, 1]);
  });
});

describe.each(MOMENTS)('hazard 10, JDA: an unknown close code, %s', (_, closing) => {
  it('4777 is met with new credentials, three times, each later than the one before, and ends in an error', () => {
    const { sockets, op4, error } = onStage({ until: 10 * MINUTE }, closing(4777));
    expect(error).toMatchObject({ code: 'socket-closed', closeCode: 4777 });
    expect(sockets.length).toBe(4);
    expect(without(op4)).toEqual(['20', 'null', '20', 'null', '20', 'null', '20', 'null']);
    const joins = times(op4.filter((line) => line.endsWith(' 20')));
    const gaps = joins.slice(1).map((at, i) => at - joins[i]!);
    expect([...gaps].sort((a, b) => a - b)).toEqual(gaps);
  });

  it('and with the application trying again five times, it is over after six times four WebSockets, seconds apart', () => {
    const { sockets, outcome } = onStage({ until: HOUR, then: (session$) => session$.pipe(retry({ ...voiceRetry(), resetOnSuccess: false })) }, closing(4777));
    expect(outcome).toMatch(/4777/);
    expect(sockets.length).toBe(24);
    expect(times(sockets).at(-1)).toBeGreaterThan(30_000);
  });
});

describe('hazard 10: an unknown close code on a session that is stable between them', () => {
  it('never makes a storm: the rhythm is the time that it was ready', () => {
    const { sockets, outcome } = onStage({ until: 10 * MINUTE }, ({ voice }) =>
      void voice.frames$.subscribe((frame) => frame.op === VoiceOp.SelectProtocol && after(11_000, () => voice.close(4777))),
    );
    expect(outcome).toBe('open');
    expect(sockets.length).toBeGreaterThan(40);
    expect(sockets.length).toBeLessThanOrEqual(Math.ceil((10 * MINUTE) / 11_000));
  });
});

describe('hazard 5, discord.js #9185: UDP echoes that stopped were taken for death, and every connection fell after a minute', () => {
  const pings = (wire: Wire): Uint8Array[] => wire.datagrams.map(({ bytes }) => bytes).filter((bytes) => parsePong(bytes) !== undefined);

  it('three hours without one answer: one session, one WebSocket, and at the end it plays', () => {
    const wire = onStage({ until: 3 * HOUR, then: (session$) => session$.pipe(switchMap(() => [])) }, (stage) => {
      after(3 * HOUR - 1_000, () => void stage.session!.play(testFrames(5)).subscribe());
    });
    expect(pings(wire).length).toBe((3 * HOUR) / 5_000 - 1);
    expect(wire.states).toEqual(['60 ready 20', `${3 * HOUR} ended`]);
    expect(wire.sockets.length).toBe(1);
    expect(packetsOf(wire).length).toBe(10);
  });

  it('nor do answers that come for ten minutes, and then no more', () => {
    const latencies: (number | null)[] = [];
    const wire = onStage({ until: HOUR, then: (session$) => session$.pipe(switchMap((session) => session.latency$)) }, (stage) => {
      after(1_000, () => stage.session!.latency$.subscribe(({ udp }) => latencies.push(udp)));
      for (let at = 61; at < 10 * MINUTE; at += 5_000) after(at + 5_003, () => stage.deliver(pings(stage).at(-1)!));
    });
    expect(latencies).toContain(4);
    expect(wire.states).toEqual(['60 ready 20', `${HOUR} ended`]);
    expect(wire.log.filter(({ type }) => type === 'fault')).toEqual([]);
  });
});

describe('hazard 7, discord.py: to resume, it sends op 4 and waits for both events', () => {
  it('a resume sends no op 4, and needs neither event', () => {
    const wire = onStage({ until: 5_000 }, ({ voice }) => {
      after(500, () => voice.silence('state', 'server'));
      for (const at of [1_000, 2_000, 3_000]) after(at, () => voice.close(4015));
    });
    expect(wire.op4).toEqual(['0 20', '5000 null']);
    expect(saidOf(wire, VoiceOp.Resume).length).toBe(3);
    // The third resume in a row waits for half a second.
    expect(wire.states.at(-2)).toBe('3520 ready 20');
  });
});

describe('hazard 8, koe: the sequence of a binary frame is read as signed, and reconnects come at once', () => {
  it.each([32_767, 32_768, 40_000, 65_535, 0])('a binary frame of sequence %i is acknowledged as such, by heartbeat and by Resume', (sequence) => {
    const wire = onStage({ until: 16_000 }, ({ voice, binary }) => {
      after(1_000, () => binary(99, sequence, 1, 2, 3));
      after(14_000, () => voice.close(1006));
    });
    expect(saidOf(wire, VoiceOp.Heartbeat)[0]!.d).toMatchObject({ seq_ack: sequence });
    expect(saidOf(wire, VoiceOp.Resume)[0]!.d).toMatchObject({ seq_ack: sequence });
  });

  it('reconnects are ever further apart, and there is an end to them', () => {
    const { sockets, error } = onStage({ until: 10 * MINUTE }, ({ voice }) =>
      after(1_000, () => {
        voice.sockets$.subscribe((what) => what === 'socket+' && after(11, () => voice.close(1006)));
        voice.close(1006);
      }),
    );
    expect(error).toMatchObject({ code: 'socket-closed', closeCode: 1006 });
    // One socket that was ready, and at most three for each rung of the recovery ladder.
    expect(sockets.length).toBeGreaterThanOrEqual(7);
    expect(sockets.length).toBeLessThanOrEqual(10);
    const gaps = times(sockets.slice(2)).map((at, i) => at - times(sockets)[i + 1]!);
    expect([...gaps].sort((a, b) => a - b)).toEqual(gaps);
    expect(gaps.at(-1)).toBeGreaterThan(2_000);
  });
});

describe('hazard 9, NetCord, songbird, koe, Discord4J: a dead WebSocket with an open TCP connection is never noticed', () => {
  it.each([5_000, 13_750, 41_250])('a heartbeat interval of %i ms: noticed by the third beat that is due, and resumed', (heartbeatInterval) => {
    const wire = onStage({ until: 10 * heartbeatInterval, server: { heartbeatInterval } }, ({ voice }) => {
      after(100, () => voice.silence('heartbeat'));
      after(3.5 * heartbeatInterval, () => voice.silence());
    });
    const [, opened] = times(wire.sockets);
    expect(opened).toBe(30 + 3 * heartbeatInterval);
    expect(wire.log.filter(({ type }) => type === 'fault')).toMatchObject([{ fault: { type: 'acks' }, recovery: { action: 'resume' } }]);
    expect(without(wire.states)).toEqual(['ready 20', 'resuming', 'ready 20', 'ended']);
  });

  it('a server that is dead for good, and never says so, is an error in the end', () => {
    const { error, sockets } = onStage({ until: HOUR }, ({ voice }) => after(100, () => voice.silence('heartbeat', 'open')));
    expect(error).toMatchObject({ code: 'timeout', stage: 'socket' });
    expect(sockets.length).toBeLessThanOrEqual(10);
  });
});

describe('4006 loops, and identifying with old credentials (discord.py #10207, eris #255, songbird #76)', () => {
  it('4006 is answered by op 4, and what identifies then is new', () => {
    const wire = onStage({ until: 5_000 }, ({ voice }) => after(1_000, () => voice.close(4006)));
    expect(without(wire.op4)).toEqual(['20', 'null', '20', 'null']);
    expect(saidOf(wire, VoiceOp.Identify).map(({ d }) => d.token)).toEqual(['token-1', 'token-2']);
    expect(saidOf(wire, VoiceOp.Resume)).toEqual([]);
    expect(wire.states.at(-2)).toMatch(/ready 20$/);
  });

  it('a refused resume falls to op 4 too (DPP #1465, eris #1448); no token identifies twice', () => {
    const wire = onStage({ until: 20_000 }, ({ voice }) => {
      after(1_000, () => voice.close(1006));
      closeAtFirst(voice);
    });
    expect(saidOf(wire, VoiceOp.Resume).map(({ d }) => d.token)).toEqual(['token-1']);
    expect(saidOf(wire, VoiceOp.Identify).map(({ d }) => d.token)).toEqual(['token-1', 'token-2']);
    expect(wire.states.at(-2)).toMatch(/ready 20$/);
  });

  const closeAtFirst = (voice: Wire['voice']): void =>
    void voice.frames$.subscribe((frame) => frame.op === VoiceOp.Resume && after(1, () => voice.close(4006)));
});

describe('a null endpoint (discord-api-docs #1739, Hoshimi #32): a crash, or the new token used with the old server', () => {
  it('nothing connects until an endpoint is named, whatever else is said; then its own token is used', () => {
    const wire = onStage({ until: 10_000 }, ({ voice }) => {
      after(1_000, () => nameServer(voice, 'token-without-a-server', null));
      after(2_000, () => place(voice, '20'));
      after(3_000, () => nameServer(voice, 'another-without-a-server', null));
      after(4_000, () => nameServer(voice, 'token-of-the-new', 'other.test:443'));
    });
    expect(without(wire.sockets)).toEqual(['voice.test:443', 'other.test:443']);
    expect(times(wire.sockets)[1]).toBeGreaterThanOrEqual(4_000);
    expect(saidOf(wire, VoiceOp.Identify).map(({ d }) => d.token)).toEqual(['token-1', 'token-of-the-new']);
    expect(without(wire.states)).toEqual(['ready 20', 'signalling', 'reconnecting', 'ready 20', 'ended']);
  });

  it.each([4014, 4022, 1006, 4006])('and the close that comes with it (%i), after it or before, sends nobody back to the old server', (code) => {
    for (const [nulled, closed] of [[1_000, 1_001], [1_001, 1_000]] as const) {
      const { sockets, states } = onStage({ until: 6_000 }, ({ voice }) => {
        after(nulled, () => {
          voice.silence('server', 'open');
          nameServer(voice, 'none', null);
        });
        after(closed, () => voice.close(code));
        after(4_000, () => {
          voice.silence();
          nameServer(voice, 'new', 'other.test:443');
        });
      });
      expect(sockets.filter((line) => line.endsWith(' voice.test:443') && parseInt(line, 10) > 1_001)).toEqual([]);
      expect(states.at(-2)).toMatch(/^4\d{3} ready 20$/);
    }
  });
});

describe('the same endpoint with a new token (Discord4J compares endpoints only)', () => {
  it('is acted on: a new WebSocket identifies with the new token', () => {
    const wire = onStage({ until: 5_000 }, ({ voice }) => after(1_000, () => nameServer(voice, 'new')));
    expect(without(wire.sockets)).toEqual(['voice.test:443', 'voice.test:443']);
    expect(saidOf(wire, VoiceOp.Identify).map(({ d }) => d.token)).toEqual(['token-1', 'new']);
    expect(saidOf(wire, VoiceOp.Resume)).toEqual([]);
  });
});

describe('the bot gateway blinks, and the bot sits outside its channel for days with green health (hermes-agent #87300)', () => {
  it('op 4 is sent again upon READY; and where it stays unanswered, health says so', () => {
    const health: boolean[] = [];
    const wire = onStage({ until: 2 * MINUTE, then: (session$) => session$.pipe(switchMap((session) => session.health$)) }, (stage) => {
      after(100, () => stage.session!.health$.subscribe(({ ready }) => health.push(ready)));
      after(1_000, () => {
        stage.voice.silence('state', 'server');
        stage.voice.reidentify('session-2');
      });
    });
    expect(without(wire.op4).slice(0, 2)).toEqual(['20', '20']);
    expect(health).toContain(false);
    expect(wire.error).toMatchObject({ code: 'timeout', stage: 'signalling' });
  });
});
