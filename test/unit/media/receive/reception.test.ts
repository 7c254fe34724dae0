import { describe, expect, it } from 'vitest';
import { Reception } from '../../../../src/media/receive/reception.js';
import type { ReceptionStats } from '../../../../src/media/receive/receive-stats.js';

const NOTHING: ReceptionStats = {
  packets: 0,
  bytes: 0,
  lost: 0,
  duplicates: 0,
  reordered: 0,
  refused: { noKey: 0, undecryptable: 0, unencrypted: 0, unknownUser: 0, expired: 0 },
  plain: 0,
  jitter: 0,
  bitrate: null,
};

/** A packet of a user, of 100 bytes, 20 ms after the one before it. */
function hear(reception: Reception, user: string | null, sequence: number, { ssrc = 1, delay = 0 } = {}): void {
  const book = reception.of(user);
  if (user !== null) book.arrived(ssrc, sequence, sequence * 960, sequence * 20 + delay);
  book.heard(100);
}

describe('Reception', () => {
  it('begins with nothing', () => {
    const { users, totals } = new Reception().stats(5, undefined);
    expect([users.size, totals]).toEqual([0, NOTHING]);
  });

  it('keeps the books of each user, and of all together', () => {
    const reception = new Reception();
    for (const sequence of [1, 2, 5, 4]) hear(reception, '1', sequence);
    reception.duplicate('1');
    reception.duplicate(null);
    hear(reception, '2', 7);
    hear(reception, null, 1);
    reception.of('2').refused('noKey');
    reception.of('2').refused('expired');
    const { users, totals, datagrams } = reception.stats(0, undefined);
    expect(users.get('1')).toMatchObject({ packets: 4, bytes: 400, lost: 1, duplicates: 1, reordered: 1 });
    expect(users.get('2')).toEqual({ ...NOTHING, packets: 1, bytes: 100, refused: { ...NOTHING.refused, noKey: 1, expired: 1 } });
    expect(totals).toMatchObject({ packets: 6, bytes: 600, lost: 1, duplicates: 2, reordered: 1, refused: { noKey: 1, expired: 1 } });
    expect([datagrams.audio, datagrams.refused, datagrams.duplicates]).toEqual([6, 2, 2]);
  });

  it('is not misled by a new SSRC: what was lost stays, what lies between is no loss and no jitter', () => {
    const reception = new Reception();
    for (const sequence of [1, 3]) hear(reception, '1', sequence);
    for (const sequence of [200, 201, 203]) hear(reception, '1', sequence, { ssrc: 2, delay: 77 });
    expect(reception.stats(0, undefined).users.get('1')).toMatchObject({ packets: 5, lost: 2, jitter: 0 });
  });

  it('tells the largest jitter of all, as the one of all', () => {
    const reception = new Reception();
    for (const delay of [0, 16]) hear(reception, '1', delay, { delay });
    for (const delay of [0, 0]) hear(reception, '2', delay);
    const { users, totals } = reception.stats(0, undefined);
    expect([users.get('1')!.jitter, users.get('2')!.jitter, totals.jitter]).toEqual([1, expect.any(Number), 1]);
  });

  it('reckons bitrates over the time since it was last asked, also of who was not there then', () => {
    const reception = new Reception();
    hear(reception, '1', 1);
    const first = reception.stats(1_000, undefined);
    for (const sequence of [2, 3]) hear(reception, '1', sequence);
    hear(reception, '2', 1);
    const second = reception.stats(3_000, first);
    const rates = (stats: typeof first): unknown[] => [...[...stats.users.values()].map(({ bitrate }) => bitrate), stats.totals.bitrate];
    expect([rates(first), rates(second), rates(reception.stats(4_000, second)), rates(reception.stats(4_000, reception.stats(4_000, second)))]).toEqual([
      [null, null], [800, 400, 1_200], [0, 0, 0], [null, null, null],
    ]); // prettier-ignore
  });

  it('keeps a thousand users, and the totals of all', () => {
    const reception = new Reception();
    for (let user = 0; user < 1_500; user += 1) for (const sequence of [0, 2]) hear(reception, String(user), sequence);
    const { users, totals } = reception.stats(0, undefined);
    expect([users.size, users.has('499'), users.has('500')]).toEqual([1_000, false, true]);
    expect(totals).toMatchObject({ packets: 3_000, lost: 1_500 });
  });

  it('tells plain data, which does not change any more', () => {
    const reception = new Reception();
    hear(reception, '1', 1);
    const stats = reception.stats(0, undefined);
    const copy = structuredClone(stats);
    expect(copy).toEqual(stats);
    hear(reception, '1', 2);
    reception.of('1').refused('noKey');
    reception.unheard('1');
    expect(stats).toEqual(copy);
  });
});
