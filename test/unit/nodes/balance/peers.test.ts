/** A random other node, drawn between the revisions of two renewals: all are equally likely, and one that has not renewed is never drawn. */
import { describe, expect, it } from 'vitest';
import { drawPeer } from '../../../../src/nodes/balance/peers.js';
import { toRecord, type Entry, type Peers } from '../../../../src/nodes/registry/buckets.js';
import { seeded } from '../../../nodes/simulate/measures.mjs';

class Row implements Peers {
  asked = 0;
  #entries: Entry[] = [];
  #revision = 0;

  write(key: string, value: object | null = { sessions: 1, capacity: 10, draining: false }): number {
    this.#revision += 1;
    const entry = {
      key,
      value: value === null ? new Uint8Array(0) : toRecord(value),
      revision: this.#revision,
      created: new Date(0),
      operation: value === null ? 'DEL' : 'PUT',
    } as const;
    this.#entries = [...this.#entries.filter((one) => one.key !== key), entry];
    return this.#revision;
  }

  next(revision: number): Promise<Entry | null> {
    this.asked += 1;
    return Promise.resolve(this.#entries.find((entry) => entry.revision >= revision) ?? null);
  }
}

/** A fleet in which every node has renewed between two renewals of `me`. */
function fleet(others: readonly string[]) {
  const row = new Row();
  row.write('dead');
  const after = row.write('me');
  for (const key of others) row.write(key);
  return { row, between: { after, before: row.write('me') } };
}

describe('a peer', () => {
  it('is each of the others as often', async () => {
    const others = Array.from({ length: 10 }, (_, i) => `n${i}`);
    const { row, between } = fleet(others);
    const random = seeded(1);
    const drawn = new Map<string, number>();
    for (let i = 0; i < 2_000; i += 1) {
      const { id } = (await drawPeer(row, 'me', between, random))!;
      drawn.set(id, (drawn.get(id) ?? 0) + 1);
    }
    expect([...drawn.keys()].sort()).toEqual(others);
    for (const times of drawn.values()) expect(times).toBeGreaterThan(150);
    expect(row.asked).toBe(2_000);
  });

  it('is told with what it has said last, and by which revision', async () => {
    const { row, between } = fleet(['a', 'b']);
    const revision = row.write('a', { sessions: 7, capacity: 9, draining: true });
    expect(await drawPeer(row, 'me', between, () => 0.5)).toMatchObject({ id: 'b', sessions: 1 });
    // `a` has renewed since.
    expect(await drawPeer(row, 'me', between, () => 0)).toEqual({ id: 'a', revision, sessions: 7, capacity: 9, draining: true, others: 2 });
  });

  it.each<[string, (row: Row) => void]>([
    ['there is nobody else', () => undefined],
    ['it has ended', (row) => void row.write('a', null)],
    ['its entry says nothing', (row) => void row.write('a', { sessions: 'many' })],
  ])('is none where %s', async (_, happen) => {
    const { row, between } = fleet([]);
    happen(row);
    expect(await drawPeer(row, 'me', between, () => 0.5)).toBeUndefined();
    expect(await drawPeer(row, 'me', undefined, () => 0.5)).toBeUndefined();
  });
});
