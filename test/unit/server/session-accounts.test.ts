/** This account reveals whether two owners ever sent for one guild: so it must be able to report that they did. */
import { Subject } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { rivalries, SessionAccounts, type ServerEvent, type ServerEventBody, type ServerPacket, type SessionAccount } from '../../../src/server/index.js';

const about = { guildId: '10', userId: '20' };

/** A server that emits the events a test gives it. */
function forged(): { events: (at: number, event: ServerEventBody) => void; packet: (at: number, ssrc: number) => void; accounts: SessionAccounts } {
  const events$ = new Subject<ServerEvent>();
  const packets$ = new Subject<ServerPacket>();
  const accounts = new SessionAccounts({ events$, packets$ });
  const packet = (arrival: number, ssrc: number): void =>
    packets$.next({ ...about, channelId: '30', ssrc, sequence: 0, timestamp: 0, marker: false, payload: Uint8Array.of(1), arrival });
  return { accounts, packet, events: (at, event) => events$.next({ ...event, at }) };
}

function identify(connection: number, ssrc: number): ServerEventBody {
  return { type: 'identify', ...about, connection, ssrc, maxDaveVersion: 0, channelId: null };
}

const late = (ssrc: number): ServerEventBody => ({ type: 'bad-datagram', userId: null, guildId: null, reason: 'unknown-ssrc', ssrc });

describe('the account of sessions', () => {
  it('tells by which sockets each was there, from where and when it sent', () => {
    const { accounts, events, packet } = forged();
    events(1, identify(7, 1001));
    events(2, { type: 'discovery', ...about, ssrc: 1001, address: '127.0.0.1', port: 5000, answered: true });
    packet(3, 1001);
    events(4, { type: 'close', ...about, connection: 7, code: 1006, by: 'client' });
    packet(5, 1001);
    events(6, { type: 'resume', ...about, connection: 8, ssrc: 1001, seqAck: 1, replayed: 0 });
    expect(accounts.sessions[0]!.closed).toBeNull();
    events(7, { type: 'session-ended', ...about, ssrc: 1001 });
    events(8, { type: 'close', ...about, connection: 8, code: 4006, by: 'server' });
    events(9, late(1001));
    events(9, late(999));
    expect(accounts.sessions).toEqual([
      { ...about, ssrc: 1001, connections: [7, 8], port: 5000, identified: 1, closed: 8, ended: 7, packets: 2, refused: 1, first: 3, last: 9 },
    ]);
    accounts.close();
    packet(10, 1001);
    expect(accounts.sessions[0]!.packets).toBe(2);
  });

  it('finds an older owner that was taken, and one that was refused', () => {
    const two = (overlap: (told: ReturnType<typeof forged>) => void): readonly number[] => {
      const told = forged();
      told.events(1, identify(1, 1001));
      told.packet(2, 1001);
      told.events(3, identify(2, 1002));
      overlap(told);
      return rivalries(told.accounts.sessions).map((rivalry) => rivalry.overlap);
    };
    expect(two(({ packet }) => packet(5, 1002))).toEqual([]);
    // The old owner may still send after the next one has identified, until the first packet of the next one.
    expect(two(({ packet }) => (packet(4, 1001), packet(5, 1002)))).toEqual([]);
    expect(two(({ packet }) => (packet(5, 1002), packet(7, 1001)))).toEqual([2]);
    expect(two(({ packet, events }) => (packet(5, 1002), events(6, late(1001))))).toEqual([1]);
    expect(two(({ packet }) => (packet(5, 1002), packet(5, 1001)))).toEqual([0]);
  });

  it('compares all of a guild with each other, and none of two guilds or users', () => {
    const session = (ssrc: number, first: number | null, last: number | null, ids = about): SessionAccount => ({
      ...ids, ssrc, connections: [ssrc], port: null, identified: ssrc, closed: null, ended: null, packets: 1, refused: 0, first, last,
    }); // prettier-ignore
    const pairs = (...sessions: readonly SessionAccount[]): number[][] => rivalries(sessions).map(({ older, newer }) => [older.ssrc, newer.ssrc]);
    expect(pairs(session(1, 0, 9), session(2, null, null), session(3, 5, 6))).toEqual([[1, 3]]);
    expect(pairs(session(1, 0, 9), session(2, 3, 4), session(3, 10, 11))).toEqual([[1, 2]]);
    expect(pairs(session(1, 0, 9), session(2, 3, 4, { guildId: '11', userId: '20' }))).toEqual([]);
    expect(pairs(session(1, 0, 9), session(2, 3, 4, { guildId: '10', userId: '21' }))).toEqual([]);
    expect(pairs()).toEqual([]);
  });
});
