import { describe, expect, it } from 'vitest';
import { VoiceOptionsError } from '../../../../src/errors.js';
import { JitterBuffer, type JitterBufferOptions } from '../../../../src/audio/index.js';
import { LONG_FRAME, short, speech } from '../speech-packets.js';

/** A buffer that has started with packet `first`, at its time. */
function started(first = 0, options: JitterBufferOptions = {}): JitterBuffer {
  const buffer = new JitterBuffer(options);
  expect(buffer.push(speech(first, { marker: true }), first * 20).map(short)).toEqual([String(first & 0xffff)]);
  return buffer;
}

/** Pushes packet `n` at a time; by default its own. */
function push(buffer: JitterBuffer, n: number, at = n * 20): string[] {
  return buffer.push(speech(n, { arrival: at }), at).map(short);
}

describe('a stream in order', () => {
  it('passes without delay, over the wrap of the sequence', () => {
    const buffer = started(65_533);
    for (const n of [65_534, 65_535, 65_536, 65_537]) {
      expect(push(buffer, n)).toEqual([String(n & 0xffff)]);
      expect(buffer.due).toBeUndefined();
    }
  });

  it('begins after minDelay, for its first packet may have overtaken another', () => {
    const buffer = new JitterBuffer({ minDelay: 30 });
    expect(push(buffer, 5, 100)).toEqual([]);
    expect(buffer.due).toBe(130);
    expect(push(buffer, 4, 110)).toEqual([]);
    expect(buffer.advance(129)).toEqual([]);
    expect(buffer.advance(130).map(short)).toEqual(['4', '5']);
    expect(push(buffer, 6, 131)).toEqual(['6']);
  });

  it('begins at once where minDelay is 0, or the marker bit says that it begins', () => {
    expect(push(new JitterBuffer({ minDelay: 0 }), 5)).toEqual(['5']);
    expect(new JitterBuffer().push(speech(5, { marker: true }), 100).map(short)).toEqual(['5']);
  });
});

describe('a packet that was overtaken', () => {
  it('takes its place', () => {
    const buffer = started();
    expect(push(buffer, 2, 40)).toEqual([]);
    expect(buffer.held).toBe(1);
    expect(push(buffer, 3, 60)).toEqual([]);
    expect(push(buffer, 1, 61)).toEqual(['1', '2', '3']);
    expect(buffer.held).toBe(0);
  });

  it('is lost after the delay, and late when it comes then', () => {
    const buffer = started();
    push(buffer, 2, 40);
    const due = buffer.due!;
    expect(due).toBeCloseTo(40 + buffer.delay);
    expect(buffer.advance(due - 0.1)).toEqual([]);
    expect(buffer.advance(due).map(short)).toEqual(['x1', '2']);
    expect(push(buffer, 1, due + 1)).toEqual(['L1']);
    expect(push(buffer, 1, due + 2)).toEqual([]);
    expect(buffer.counts).toEqual({ pushed: 4, frames: 2, lost: 1, late: 1, duplicates: 1, stale: 0, restarts: 0 });
  });

  it('takes its place even when the caller is late: it is here, so it is not lost', () => {
    const buffer = started();
    push(buffer, 2, 40);
    expect(push(buffer, 1, 5_000)).toEqual(['1', '2']);
  });

  it('is not given up while more is to be handed over that has come', () => {
    const buffer = started();
    push(buffer, 2, 40);
    expect(buffer.push(speech(3), 5_000, true)).toEqual([]);
    expect(buffer.push(speech(600), 5_000, true)).toEqual([]);
    expect(buffer.push(speech(1), 5_000, true).map(short)).toEqual(['1', '2', '3']);
    expect(buffer.counts.lost).toBe(0);
  });

  it('is waited for anew after another one was given up', () => {
    const buffer = started(0, { minDelay: 50, maxDelay: 50 });
    push(buffer, 2, 40);
    push(buffer, 4, 70);
    expect(buffer.advance(90).map(short)).toEqual(['x1', '2']);
    expect(buffer.due).toBe(120);
    expect(push(buffer, 3, 119)).toEqual(['3', '4']);
  });
});

describe('a late packet', () => {
  it('is known for 500 places, and is a stray from there on', () => {
    const late = (behind: number): string[] => {
      const buffer = started();
      push(buffer, 2, 40);
      buffer.flush();
      for (let n = 3; n <= behind; n++) push(buffer, n);
      return push(buffer, 1, behind * 20 + 1);
    };
    expect(late(3)).toEqual(['L1']);
    expect(late(500)).toEqual(['L1']);
    expect(late(501)).toEqual([]);
  });
});

describe('copies', () => {
  it('are no late packets, although 512 places before one was lost', () => {
    const buffer = started();
    push(buffer, 2, 40);
    expect(buffer.flush().map(short)).toEqual(['x1', '2']);
    for (let n = 3; n <= 513; n++) push(buffer, n);
    expect(push(buffer, 513)).toEqual([]);
    expect(buffer.counts).toMatchObject({ late: 0, duplicates: 1 });
  });

  it('are dropped, whether their packet was told or is held', () => {
    const dropped: string[] = [];
    const buffer = started(0, { onDrop: ({ sequence }, reason) => dropped.push(`${sequence} ${reason}`) });
    expect(push(buffer, 0, 1)).toEqual([]);
    push(buffer, 2, 40);
    expect(push(buffer, 2, 41)).toEqual([]);
    expect(dropped).toEqual(['0 duplicate', '2 duplicate']);
    expect(buffer.counts).toMatchObject({ pushed: 4, duplicates: 2 });
  });
});

describe('a packet from before the first', () => {
  it('has no place, and is counted as stale', () => {
    const dropped: string[] = [];
    const buffer = started(10, { onDrop: ({ sequence }, reason) => dropped.push(`${sequence} ${reason}`) });
    expect(push(buffer, 9, 201)).toEqual([]);
    expect(dropped).toEqual(['9 stale']);
  });
});

describe('what is lost', () => {
  it('has the timestamp and length of its place', () => {
    const buffer = started(65_535);
    buffer.push(speech(65_538), 60);
    expect(buffer.flush().slice(0, 2)).toEqual([
      { type: 'lost', userId: '7', ssrc: 7, sequence: 0, timestamp: 65_536 * 960, samples: 960 },
      { type: 'lost', userId: '7', ssrc: 7, sequence: 1, timestamp: 65_537 * 960, samples: 960 },
    ]);
  });

  it('is told as a burst, up to 10 s', () => {
    const buffer = started();
    push(buffer, 500);
    expect(buffer.flush().map(short)).toEqual([...Array.from({ length: 499 }, (_, i) => `x${i + 1}`), '500']);
  });
});

describe('a timestamp that jumps while the sequence does not', () => {
  it('is a pause: nothing is lost', () => {
    const buffer = started();
    expect(buffer.push(speech(1, { timestamp: 96_000, marker: true }), 2_000).map(short)).toEqual(['1']);
    expect(buffer.push(speech(2, { timestamp: 5 }), 2_020).map(short)).toEqual(['2']);
    expect(buffer.counts.lost).toBe(0);
  });
});

describe('a sequence too far off to be loss', () => {
  it('begins anew when a second packet confirms it, and tells no losses', () => {
    const buffer = started();
    expect(push(buffer, 30_000, 20)).toEqual([]);
    expect(push(buffer, 30_001, 40)).toEqual(['30000', '30001']);
    expect(push(buffer, 30_002, 60)).toEqual(['30002']);
    expect(buffer.counts).toMatchObject({ frames: 4, lost: 0, restarts: 1 });
  });

  it('may go backwards', () => {
    const buffer = started(30_000);
    push(buffer, 5, 600_020);
    expect(push(buffer, 4, 600_021)).toEqual([]);
    expect(buffer.advance(600_040).map(short)).toEqual(['4', '5']);
  });

  it('first tells what was held of the old run', () => {
    const buffer = started();
    push(buffer, 2, 40);
    push(buffer, 9_000, 41);
    expect(push(buffer, 9_001, 61)).toEqual(['x1', '2', '9000', '9001']);
  });

  it('begins anew with one packet if nothing of the old run comes', () => {
    const buffer = started();
    push(buffer, 9_000, 20);
    expect(buffer.advance(buffer.due! - 0.1)).toEqual([]);
    expect(buffer.advance(buffer.due!).map(short)).toEqual(['9000']);
    expect(push(buffer, 9_001, 300)).toEqual(['9001']);
  });

  it('is a stray if the old run goes on', () => {
    const buffer = started();
    expect(push(buffer, 9_000, 20)).toEqual([]);
    expect(push(buffer, 1, 21)).toEqual(['1']);
    expect(buffer.due).toBeUndefined();
    expect(buffer.counts).toMatchObject({ pushed: 3, stale: 1, restarts: 0 });
  });

  it('may even be close by: ten copies in a row, and nothing new between them', () => {
    const buffer = started(300);
    for (let n = 100; n < 110; n++) expect(push(buffer, n, 7_000 + n)).toEqual([]);
    push(buffer, 110, 7_110);
    expect(push(buffer, 111, 7_131)).toEqual(['110', '111']);
    expect(buffer.counts).toMatchObject({ stale: 10, restarts: 1 });
  });

  it('takes copies for what they are while something new comes between them', () => {
    const buffer = started();
    for (let n = 1; n < 100; n++) {
      expect(push(buffer, n)).toEqual([String(n)]);
      expect(push(buffer, n)).toEqual([]);
      expect(push(buffer, n - 1)).toEqual([]);
    }
    expect(buffer.counts).toMatchObject({ duplicates: 198, restarts: 0 });
  });

  it('forgets what was lost before', () => {
    const buffer = started();
    push(buffer, 2, 40);
    expect(buffer.flush().map(short)).toEqual(['x1', '2']);
    push(buffer, 30_000, 60);
    expect(push(buffer, 30_001, 90)).toEqual(['30000', '30001']);
    expect(push(buffer, 3, 110)).toEqual([]);
    expect(push(buffer, 4, 140)).toEqual(['3', '4']);
    expect(push(buffer, 1, 141)).toEqual([]);
    expect(buffer.counts).toMatchObject({ late: 0, stale: 1, restarts: 2 });
  });

  it('knows a copy of a stray', () => {
    const buffer = started();
    push(buffer, 9_000, 20);
    expect(push(buffer, 9_000, 21)).toEqual([]);
    expect(buffer.counts).toMatchObject({ duplicates: 1 });
  });
});

describe('time', () => {
  it('may be set back: what is held waits no longer than it would have', () => {
    const buffer = started(0, { minDelay: 100, maxDelay: 100 });
    push(buffer, 2, 1_000);
    expect(buffer.advance(1_060)).toEqual([]);
    expect(buffer.advance(-3_600_000)).toEqual([]);
    expect(buffer.due).toBe(-3_600_000 + 40);
    expect(buffer.advance(-3_600_000 + 40).map(short)).toEqual(['x1', '2']);
  });
});

describe('the delay', () => {
  it('stays within its bounds', () => {
    const buffer = started(0, { minDelay: 10, maxDelay: 80 });
    for (let n = 1; n < 2_000; n++) push(buffer, n, n * 20);
    expect(buffer.delay).toBe(10);
    for (let n = 2_000; n <= 2_200; n++) push(buffer, n, n * 20 + (n % 5 === 0 ? 700 : 0));
    expect(buffer.delay).toBe(80);
  });

  it.each([
    { maxDelay: -1 },
    { maxDelay: Number.NaN },
    { maxDelay: Number.POSITIVE_INFINITY },
    { minDelay: -1 },
    { minDelay: 300 },
    { minDelay: 50, maxDelay: 40 },
  ])('does not take %o', (options) => {
    expect(() => new JitterBuffer(options)).toThrow(VoiceOptionsError);
  });

  it('has a least one below a low maximum', () => {
    const buffer = new JitterBuffer({ maxDelay: 5 });
    push(buffer, 5, 0);
    expect(buffer.due).toBe(5);
  });
});

describe('frames of another length', () => {
  it('do not disturb: a stream of 60 ms', () => {
    const buffer = new JitterBuffer({ minDelay: 0 });
    const long = (n: number) => speech(n, { frame: LONG_FRAME, timestamp: n * 2_880 });
    buffer.push(long(0), 0);
    buffer.push(long(2), 120);
    expect(buffer.flush()[0]).toMatchObject({ type: 'lost', sequence: 1, timestamp: 2_880, samples: 2_880 });
  });
});
