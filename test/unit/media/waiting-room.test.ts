import { describe, expect, it } from 'vitest';
import { WaitingRoom } from '../../../src/media/waiting-room.js';

const at = (arrival: number) => ({ arrival });

describe('WaitingRoom', () => {
  it('gives back what waits, oldest first, once', () => {
    const room = new WaitingRoom<{ arrival: number }>();
    expect([room.hold(1, at(0)), room.hold(2, at(5)), room.hold(1, at(20))]).toEqual([0, 0, 0]);
    expect(room.claim(1, 30)).toEqual({ packets: [at(0), at(20)], late: 0 });
    expect(room.claim(1, 30)).toEqual({ packets: [], late: 0 });
    expect(room.claim(2, 30)).toEqual({ packets: [at(5)], late: 0 });
  });

  it('forgets what has waited for more than a second, and says how much', () => {
    const room = new WaitingRoom<{ arrival: number }>();
    room.hold(1, at(0));
    room.hold(1, at(900));
    expect(room.hold(1, at(1_001))).toBe(1);
    expect(room.claim(1, 1_950)).toEqual({ packets: [at(1_001)], late: 1 });
  });

  it('is bounded for one SSRC, and in SSRCs: nobody fills our memory with packets of no one', () => {
    const room = new WaitingRoom<{ arrival: number }>();
    let thrown = 0;
    for (let i = 0; i < 100; i++) thrown += room.hold(7, at(i));
    expect(thrown).toBe(75);
    expect(room.claim(7, 100).packets.map(({ arrival }) => arrival)).toEqual(Array.from({ length: 25 }, (_, i) => 75 + i));
    thrown = 0;
    for (let ssrc = 0; ssrc < 100; ssrc++) thrown += room.hold(ssrc, at(0));
    expect(thrown).toBe(36);
    expect(room.claim(35, 0).packets).toEqual([]);
    expect(room.claim(36, 0).packets).toEqual([at(0)]);
  });
});
