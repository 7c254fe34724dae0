import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { outOfPatience, PATIENCE_MS, WaitingRoom } from '../../../../src/media/receive/waiting-room.js';

interface Packet {
  readonly ssrc: number;
  readonly arrival: number;
}
const packet = (ssrc: number, arrival: number): Packet => ({ ssrc, arrival });
const room = (packets = 25): WaitingRoom<Packet> => new WaitingRoom(packets);

describe('WaitingRoom', () => {
  it('gives back what waits, oldest first, once', () => {
    const target = room();
    expect([packet(1, 0), packet(2, 5), packet(1, 20)].flatMap((one) => target.hold(one))).toEqual([]);
    expect([target.ssrcs, target.oldest, target.has(1), target.has(3)]).toEqual([[1, 2], 0, true, false]);
    expect(target.take(1)).toEqual([packet(1, 0), packet(1, 20)]);
    expect(target.take(1)).toEqual([]);
    expect(target.oldest).toBe(5);
    expect(target.take(2)).toEqual([packet(2, 5)]);
    expect([target.ssrcs, target.oldest]).toEqual([[], undefined]);
  });

  it('throws out what has waited for more than a second, and says what', () => {
    const target = room();
    target.hold(packet(1, 0));
    target.hold(packet(1, 900));
    expect(target.hold(packet(1, 1_001))).toEqual([packet(1, 0)]);
    expect(target.take(1)).toEqual([packet(1, 900), packet(1, 1_001)]);
  });

  it('is bounded for one SSRC, and in SSRCs: nobody fills our memory with packets of no one', () => {
    const target = room();
    const thrown = Array.from({ length: 100 }, (_, i) => target.hold(packet(7, i))).flat();
    expect(thrown.map(({ arrival }) => arrival)).toEqual(Array.from({ length: 75 }, (_, i) => i));
    expect(target.take(7)).toHaveLength(25);
    const crowded = Array.from({ length: 100 }, (_, ssrc) => target.hold(packet(ssrc, 0))).flat();
    expect(crowded.map(({ ssrc }) => ssrc)).toEqual(Array.from({ length: 36 }, (_, i) => i));
    expect([target.take(35), target.take(36)]).toEqual([[], [packet(36, 0)]]);
  });

  it('loses no packet and gives none twice, whatever is held and taken', () => {
    const step = fc.record({ ssrc: fc.nat(80), wait: fc.nat(300), take: fc.boolean() });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), fc.integer({ min: 1, max: 5 }), (steps, limit) => {
        const target = room(limit);
        const held: Packet[] = [];
        const out: Packet[] = [];
        let now = 0;
        for (const { ssrc, wait, take } of steps) {
          now += wait;
          if (take) {
            out.push(...target.take(ssrc));
          } else {
            const one = packet(ssrc, now);
            held.push(one);
            out.push(...target.hold(one));
          }
        }
        for (const ssrc of target.ssrcs) {
          const waiting = target.take(ssrc);
          expect(waiting.length).toBeLessThanOrEqual(limit);
          out.push(...waiting);
        }
        expect(out).toHaveLength(held.length);
        expect(new Set(out)).toEqual(new Set(held));
      }),
    );
  });
});

it('patience ends after a second, and where the clock was set', () => {
  expect([0, PATIENCE_MS - 1, PATIENCE_MS, -PATIENCE_MS].map((ms) => outOfPatience(0, ms))).toEqual([false, false, true, true]);
});
