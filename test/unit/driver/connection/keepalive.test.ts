import { asyncScheduler, Subject, timer } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { keepalive$ } from '../../../../src/driver/connection/keepalive.js';
import { encodePing } from '../../../../src/protocol/keepalive.js';
import { virtualTime } from '../../../support/virtual-time.js';

/** Runs a keepalive against a server that answers the pings with these numbers after so many ms. */
function run(answers: Readonly<Record<number, number>>, until = 21_000): { sent: number[]; told: string[]; observed: boolean } {
  const sent: number[] = [];
  const told: string[] = [];
  const datagrams$ = new Subject<Uint8Array>();
  virtualTime(({ flush }) => {
    const port = {
      send: (datagram: Uint8Array): void => {
        const sequence = new DataView(datagram.buffer).getUint32(4);
        sent.push(asyncScheduler.now());
        const ms = answers[sequence];
        if (ms !== undefined) timer(ms).subscribe(() => datagrams$.next(pong(sequence)));
      },
    };
    const subscription = keepalive$(port, datagrams$, asyncScheduler).subscribe((ms) => told.push(`${asyncScheduler.now()} ${ms}`));
    timer(until).subscribe(() => subscription.unsubscribe());
    flush();
  });
  return { sent, told, observed: datagrams$.observed };
}

function pong(sequence: number): Uint8Array {
  const datagram = encodePing(sequence);
  datagram.set([0xf0, 0x0d], 2);
  return datagram;
}

describe('keepalive$', () => {
  it('pings every 5 s, and tells the round trip of each answer', () => {
    expect(run({ 0: 12, 2: 30 })).toEqual({ sent: [5_000, 10_000, 15_000, 20_000], told: ['5012 12', '15030 30'], observed: false });
  });

  it('goes on without an answer, and takes it for nothing', () => {
    expect(run({})).toEqual({ sent: [5_000, 10_000, 15_000, 20_000], told: [], observed: false });
  });

  it('does not take the late answer of one ping for that of the next', () => {
    expect(run({ 0: 5_100, 1: 200 }).told).toEqual(['10200 200']);
  });
});
