/** The parts in isolation: what is written and read back, the name of a source, how far a play has come, and when that is written. */
import fc from 'fast-check';
import { asyncScheduler } from 'rxjs';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { FrameDescription } from '../../../../src/frames/description.js';
import { Checkpoints } from '../../../../src/nodes/positions/checkpoints.js';
import { decodePositions, encodePositions, readLeft, toLeft, type WrittenPosition } from '../../../../src/nodes/positions/position.js';
import { sourceName } from '../../../../src/nodes/positions/source-name.js';
import { Track } from '../../../../src/nodes/positions/track.js';
import { reach, Store, type Network } from '../../../support/bucket-store.js';

const position = fc.record({
  process: fc.string(),
  source: fc.string(),
  at: fc.double({ min: 0, max: 1e9, noNaN: true }).map((at) => at + 0),
  frames: fc.nat(),
  keep: fc.nat(),
  fence: fc.nat(),
});

describe('positions as a value', () => {
  it('come back as they were written', () => {
    const all = fc.dictionary(fc.string(), position).map((entries) => new Map(Object.entries(entries) as [string, WrittenPosition][]));
    fc.assert(
      fc.property(all, (positions) => {
        const { value, left } = encodePositions(positions, Infinity);
        expect([decodePositions(value), left]).toEqual([positions, []]);
      }),
    );
    fc.assert(
      fc.property(position, ({ fence: _, ...one }) => {
        expect(readLeft(JSON.parse(JSON.stringify(toLeft(one))) as object)).toEqual(one);
      }),
    );
  });

  it('are never more bytes than there is room for, and what is left out is named', () => {
    fc.assert(
      fc.property(fc.array(position, { maxLength: 20 }), fc.integer({ min: 30, max: 2_000 }), (list, most) => {
        const positions = new Map(list.map((one, i) => [`1.${i}`, one]));
        const { value, left } = encodePositions(positions, most);
        expect(value.length).toBeLessThanOrEqual(most);
        const read = decodePositions(value) as ReadonlyMap<string, WrittenPosition>;
        expect([...read.keys(), ...left].sort()).toEqual([...positions.keys()].sort());
      }),
    );
  });

  it('whatever the bytes are: positions, or words', () => {
    fc.assert(fc.property(fc.uint8Array(), (bytes) => void expect(typeof decodePositions(bytes)).toBe('string')));
    fc.assert(
      fc.property(fc.json(), fc.json(), (positions, left) => {
        const read = decodePositions(new TextEncoder().encode(`{"v":1,"positions":${positions}}`));
        expect(typeof read === 'string' || read instanceof Map).toBe(true);
        expect(['string', 'object', 'undefined']).toContain(typeof readLeft({ v: 1, left: JSON.parse(left) }));
      }),
    );
  });
});

describe('what a source is called', () => {
  const source: FrameDescription = { input: 'https://me:pass@example.org/a?sig=1', from: 'url', start: 0, options: { bitrate: 64_000, stallTimeout: 5 } };

  it('is the same wherever it begins, and in whatever order its options are', () => {
    const again: FrameDescription = { ...source, start: 90_000, goesOn: true, options: { stallTimeout: 5, bitrate: 64_000 } };
    expect(sourceName('1', '2', again)).toBe(sourceName('1', '2', source));
  });

  it('is another for another source, reading, bot or guild', () => {
    const others = [
      sourceName('1', '2', source),
      sourceName('1', '2', { ...source, input: 'https://me:pass@example.org/a?sig=2' }),
      sourceName('1', '2', { ...source, from: 'file' }),
      sourceName('1', '2', { ...source, options: { bitrate: 64_000 } }),
      sourceName('1', '3', source),
      sourceName('3', '2', source),
    ];
    expect(new Set(others).size).toBe(others.length);
    for (const name of others) expect(name).toMatch(/^[\w-]{22}$/);
  });
});

describe('a track', () => {
  const sent = (at: number) => ({ type: 'sent', sequence: 0, timestamp: 0, position: at, bytes: 1 }) as const;

  it('is due behind the frame that was sent, which is as long as the one before it', () => {
    const track = new Track('s', 1_000, 7);
    expect([track.at, track.frames]).toEqual([1_000, 7]);
    track.sent(sent(0));
    expect([track.at, track.frames]).toEqual([1_020, 8]);
    for (const at of [60, 120]) track.sent(sent(at));
    expect([track.at, track.frames]).toEqual([1_180, 10]);
    // Skipped audio does not count as the duration of a frame.
    track.sent(sent(5_000));
    expect(track.at).toBe(6_020);
  });
});

describe('checkpoints', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => {
    vi.clearAllTimers();
    vi.useRealTimers();
  });

  const EVERY_MS = 1_000;

  function stage() {
    const network: Network = { state: 'up' };
    const store = new Store();
    const state = { value: undefined as string | undefined, valid: true };
    const written: [number, string][] = [];
    const began = Date.now();
    const bucket = reach(store, network);
    const note = (value: Uint8Array): void => void written.push([Date.now() - began, new TextDecoder().decode(value)]);
    const watched: typeof bucket = { ...bucket, create: (key, value) => (note(value), bucket.create(key, value)), update: (key, value, revision) => (note(value), bucket.update(key, value, revision)) };
    const checkpoints = new Checkpoints({ bucket: watched, node: 'a', every: EVERY_MS, valid: () => state.valid, scheduler: asyncScheduler }, () => (state.value === undefined ? undefined : new TextEncoder().encode(state.value)));
    const entry = (): string | undefined => {
      const { operation, value } = store.get('a') ?? {};
      return operation === 'PUT' ? new TextDecoder().decode(value) : undefined;
    };
    return { network, state, written, checkpoints, entry };
  }

  it('are written each interval, and at edges: at once, or together a fifth of it later', async () => {
    // edges    e--------------------ee---          written  w----w----w-ww--- (each interval, at the edge, and the two together)
    const { state, written, checkpoints } = stage();
    state.value = 'x';
    checkpoints.edge();
    await vi.advanceTimersByTimeAsync(2_500);
    checkpoints.edge();
    await vi.advanceTimersByTimeAsync(50);
    checkpoints.edge();
    checkpoints.edge();
    await vi.advanceTimersByTimeAsync(1_300);
    expect(written.map(([at]) => at)).toEqual([0, 1_000, 2_000, 2_500, 2_700, 3_700]);
  });

  it('are none while there is nothing, and the entry goes with the last', async () => {
    const { state, written, checkpoints, entry } = stage();
    checkpoints.edge();
    await vi.advanceTimersByTimeAsync(5_000);
    expect(written).toEqual([]);
    state.value = 'x';
    checkpoints.edge();
    await vi.advanceTimersByTimeAsync(10);
    expect(entry()).toBe('x');
    state.value = undefined;
    checkpoints.edge();
    await vi.advanceTimersByTimeAsync(500);
    expect(entry()).toBeUndefined();
    expect(vi.getTimerCount()).toBe(0);
    state.value = 'y';
    checkpoints.edge();
    await vi.advanceTimersByTimeAsync(500);
    expect(entry()).toBe('y');
  });

  it.each(['cut', 'deaf'] as const)('go on upon what there is when the server, which was %s, is back', async (how) => {
    const { network, state, checkpoints, entry } = stage();
    state.value = 'before';
    checkpoints.edge();
    await vi.advanceTimersByTimeAsync(10);
    network.state = how;
    state.value = 'meanwhile';
    await vi.advanceTimersByTimeAsync(3_000);
    expect(entry()).toBe(how === 'cut' ? 'before' : 'meanwhile');
    network.state = 'up';
    state.value = 'after';
    checkpoints.edge();
    await vi.advanceTimersByTimeAsync(250);
    expect(entry()).toBe('after');
  });

  it('an edge during a write is not lost', async () => {
    const { state, checkpoints, entry } = stage();
    state.value = 'a';
    checkpoints.edge();
    vi.advanceTimersByTime(0);
    state.value = 'b';
    checkpoints.edge();
    await vi.advanceTimersByTimeAsync(EVERY_MS / 5 + 1);
    expect(entry()).toBe('b');
  });

  it.each(['is under way', 'is not answered'])('leave no entry behind where the last write %s as they are removed', async (how) => {
    const { network, state, checkpoints, entry } = stage();
    state.value = 'a';
    checkpoints.edge();
    await vi.advanceTimersByTimeAsync(EVERY_MS / 2);
    state.value = 'b';
    checkpoints.edge();
    if (how === 'is not answered') network.state = 'deaf';
    vi.advanceTimersByTime(0);
    const removed = checkpoints.remove();
    await Promise.resolve();
    network.state = 'up';
    await removed;
    expect(entry()).toBeUndefined();
  });

  it('are none of a node that may not speak for its sessions, or is closed', async () => {
    const { state, checkpoints, entry } = stage();
    state.value = 'a';
    checkpoints.edge();
    await vi.advanceTimersByTimeAsync(10);
    state.value = 'b';
    state.valid = false;
    await vi.advanceTimersByTimeAsync(5_000);
    expect(entry()).toBe('a');
    state.valid = true;
    checkpoints.close();
    checkpoints.edge();
    await vi.advanceTimersByTimeAsync(5_000);
    expect(entry()).toBe('a');
    await checkpoints.remove();
    expect(entry()).toBeUndefined();
  });
});
