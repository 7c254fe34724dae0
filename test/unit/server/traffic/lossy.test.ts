import { describe, expect, it } from 'vitest';
import { lossy, type DatagramFate, type DatagramInfo, type LossyOptions } from '../../../../src/server/index.js';

function packet(sequence: number, more: Partial<DatagramInfo> = {}): DatagramInfo {
  const from = { guildId: '1', channelId: '2', userId: '3', receiverId: '4', ssrc: 5 };
  return { direction: 'outbound', ...from, sequence, timestamp: sequence * 960, ...more };
}

function fates(options: LossyOptions, count: number, more: Partial<DatagramInfo> = {}): DatagramFate[] {
  const rule = lossy(options);
  return Array.from({ length: count }, (_, n) => rule(packet(n, more)));
}

const COUNT = 20_000;

describe('a lossy rule', () => {
  it('does the same again for the same seed, and something else for another', () => {
    const options = { loss: 0.2, duplicate: 0.1, reorder: 0.1, jitter: 30, seed: 9 };
    expect(fates(options, 500)).toEqual(fates(options, 500));
    expect(fates({ ...options, seed: 10 }, 500)).not.toEqual(fates(options, 500));
  });

  it('does so for each flow, however the flows interleave', () => {
    const options = { loss: 0.3, jitter: 20, seed: 4 };
    const rule = lossy(options);
    const mixed = Array.from({ length: 300 }, (_, n) => [rule(packet(n)), rule(packet(n, { receiverId: '9' }))] as const);
    expect(mixed.map(([one]) => one)).toEqual(fates(options, 300));
    expect(mixed.map(([, other]) => other)).toEqual(fates(options, 300, { receiverId: '9' }));
    expect(mixed.map(([, other]) => other)).not.toEqual(fates(options, 300));
  });

  it('keeps its shares', () => {
    const all = fates({ loss: 0.05, duplicate: 0.1, reorder: 0.2, reorderBy: 40 }, COUNT);
    const share = (of: (fate: DatagramFate) => boolean): number => all.filter(of).length / COUNT;
    expect(share((fate) => fate === 'drop')).toBeCloseTo(0.05, 1.5);
    expect(share((fate) => Array.isArray(fate)) / 0.95).toBeCloseTo(0.1, 1.5);
    expect(share((fate) => fate === 40 || (Array.isArray(fate) && fate[0] === 40)) / 0.95).toBeCloseTo(0.2, 1.5);
    expect(new Set(all.map((fate) => JSON.stringify(fate)))).toEqual(new Set(['"pass"', '"drop"', '40', '[0,0]', '[40,40]']));
  });

  it('spreads its jitter evenly from 0 up', () => {
    const delays = fates({ jitter: 20 }, COUNT).map(Number);
    expect(Math.min(...delays)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...delays)).toBeLessThan(20);
    expect(delays.reduce((sum, ms) => sum + ms) / COUNT).toBeCloseTo(10, 0);
  });

  it('does not let one option change what another does', () => {
    const lost = (options: LossyOptions): boolean[] => fates(options, 500).map((fate) => fate === 'drop');
    expect(lost({ loss: 0.1, jitter: 50, duplicate: 0.5, reorder: 0.5 })).toEqual(lost({ loss: 0.1 }));
  });

  it('leaves the other direction alone', () => {
    expect(fates({ loss: 1, direction: 'inbound' }, 3)).toEqual(['pass', 'pass', 'pass']);
    expect(fates({ loss: 1, direction: 'inbound' }, 2, { direction: 'inbound', receiverId: null })).toEqual(['drop', 'drop']);
    expect(fates({ loss: 1 }, 1, { direction: 'inbound', receiverId: null })).toEqual(['drop']);
    expect(fates({}, 2)).toEqual(['pass', 'pass']);
  });

  it.each([{ loss: 1.1 }, { duplicate: -0.1 }, { reorder: NaN }, { jitter: -1 }, { reorderBy: NaN }])('refuses %j', (options) => {
    expect(() => lossy(options)).toThrow(RangeError);
  });
});
