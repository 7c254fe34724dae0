import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { VoiceOptionsError } from '../../../../src/errors.js';
import { SpeakerAlignment, type AlignedAudio, type AlignOptions } from '../../../../src/audio/index.js';
import { conversation, onsets, type ConversationOptions, type Sent } from '../conversation.js';
import { pcmFrame } from '../voice-packets.js';

const CALM: ConversationOptions = { seed: 1, seconds: 600, speakers: 3, jitter: 60, loss: 0.02, drift: 100, standsStill: false };

function aligned(sent: readonly Sent[], options: AlignOptions = {}): AlignedAudio[] {
  const alignment = new SpeakerAlignment(options);
  const blocks = sent.flatMap(({ given, frame }) => {
    const due = alignment.advance(given);
    alignment.push(frame);
    return due;
  });
  return [...blocks, ...alignment.flush()];
}

/** The largest distance of a heard frame from where it was sent, and how many frames were not heard. */
function errors(sent: readonly Sent[], blocks: readonly AlignedAudio[]): { worst: number; missing: number } {
  let worst = 0;
  let missing = 0;
  for (const userId of new Set(sent.map(({ frame }) => frame.userId!))) {
    const places = new Map<number, number[]>();
    for (const { mark, at } of onsets(blocks, userId)) {
      const heard = places.get(mark);
      if (heard === undefined) places.set(mark, [at]);
      else heard.push(at);
    }
    for (const { mark, heard, frame } of sent) {
      if (frame.userId !== userId || mark === 0) continue;
      let away = Infinity;
      for (const at of places.get(mark) ?? []) away = Math.min(away, Math.abs(at - heard));
      if (away > 1_000) missing += 1;
      else worst = Math.max(worst, away);
    }
  }
  return { worst, missing };
}

describe('three speakers in turns over ten minutes', () => {
  it.each<[string, Partial<ConversationOptions>]>([
    ['without any trouble', { jitter: 0, loss: 0, drift: 0 }],
    ['with jitter, loss and drift', {}],
    ['with RTP time that stands still in pauses', { standsStill: true }],
    ['with heavy jitter', { jitter: 150, seed: 2 }],
  ])('line up with what was sent within one frame, and nothing is missing: %s', (_what, options) => {
    const sent = conversation({ ...CALM, ...options });
    const blocks = aligned(sent);
    const { worst, missing } = errors(sent, blocks);
    expect(worst).toBeLessThan(20);
    expect(missing).toBe(0);
    // A spurt whose packets are all slow for 250 ms is placed a little late: in total, less than a frame is cut off.
    expect(blocks.reduce((sum, { late }) => sum + late, 0)).toBeLessThan(960);
    expect(blocks.map(({ index }) => index)).toEqual(blocks.map((_, i) => i * 960));
    expect(blocks.length).toBeGreaterThan(29_000);
  });

  it('do so for any conversation', () => {
    const check = (seed: number, jitter: number, drift: number, standsStill: boolean): void => {
      const sent = conversation({ seed, seconds: 40, speakers: 3, jitter, loss: 0.05, drift, standsStill });
      const { worst, missing } = errors(sent, aligned(sent));
      expect(worst).toBeLessThan(20);
      expect(missing).toBe(0);
    };
    const values = [fc.integer(), fc.nat(100), fc.nat(200), fc.boolean()] as const;
    fc.assert(fc.property(...values, check), { seed: 20_261_121, numRuns: 10 });
  });

  it('speak without a pause for ten minutes, and drift is put right without a hole', () => {
    for (const ppm of [200, -200]) {
      const rate = 1 + ppm / 1e6;
      const sent = Array.from({ length: 30_000 }, (_, n): Sent => {
        const heard = 1_000 + (n * 20) / rate;
        const mark = 200 + (n % 30_000);
        const frame = pcmFrame(new Int16Array(1920).fill(mark), heard, { timestamp: n * 960 });
        return { given: heard, heard, mark, frame };
      });
      const blocks = aligned(sent);
      const { worst, missing } = errors(sent, blocks);
      expect(missing).toBe(0);
      expect(worst).toBeLessThan(20);
      const pcm = blocks.flatMap(({ speakers }) => [...speakers.values()]).slice(0, -2);
      expect(pcm.filter((block) => block.includes(0))).toHaveLength(0);
    }
  });
});

const full = (value: number): Int16Array => new Int16Array(1920).fill(value);
const push = (alignment: SpeakerAlignment, n: number, rest: Parameters<typeof pcmFrame>[2] = {}, at = n * 20): void =>
  alignment.push(pcmFrame(full(1_000 + n), at, { timestamp: (n * 960) >>> 0, ...rest }));

describe('blocks', () => {
  it('begin with the first frame, go on in silence, and hold everybody', () => {
    const alignment = new SpeakerAlignment({ delay: 100 });
    expect([alignment.due, alignment.advance(1e6)]).toEqual([undefined, []]);
    const second = new SpeakerAlignment({ delay: 100 });
    second.push(pcmFrame(full(1_000), 40));
    second.push(pcmFrame(full(2_000), 60, { ssrc: 2, userId: null }));
    expect(second.due).toBe(160);
    const blocks = second.advance(220);
    expect(blocks.map(({ at, index }) => [at, index])).toEqual([[40, 0], [60, 960], [80, 1_920], [100, 2_880]]); // prettier-ignore
    expect([...blocks[0]!.speakers.keys()]).toEqual(['1', 'ssrc:2']);
    expect(blocks.map(({ speakers }) => [...speakers.values()].map((pcm) => pcm[7]))).toEqual([[1_000, 0], [0, 2_000], [0, 0], [0, 0]]); // prettier-ignore
    expect(second.flush()).toEqual([]);
  });

  it('have the length that was asked for', () => {
    const alignment = new SpeakerAlignment({ block: 7, delay: 0 });
    for (let n = 0; n < 5; n++) push(alignment, n);
    const blocks = alignment.advance(70);
    expect(blocks.map(({ samples, speakers }) => [samples, speakers.get('1')!.length])).toEqual(blocks.map(() => [336, 672]));
    expect(blocks).toHaveLength(10);
  });

  it('take a user with two SSRCs for one speaker, and learn whose an SSRC is', () => {
    const alignment = new SpeakerAlignment({ delay: 0 });
    alignment.push(pcmFrame(full(1_000), 0));
    alignment.push(pcmFrame(full(500), 0, { ssrc: 2, userId: null }));
    alignment.push(pcmFrame(full(500), 20, { ssrc: 2 }));
    expect(alignment.advance(20).map(({ speakers }) => [...speakers].map(([key, pcm]) => [key, pcm[0]]))).toEqual([[['1', 1_500]]]);
  });

  it('count what comes too late, and leave it out', () => {
    const alignment = new SpeakerAlignment({ delay: 0 });
    for (let n = 0; n < 3; n++) push(alignment, n);
    expect(alignment.advance(100)).toHaveLength(5);
    push(alignment, 3);
    push(alignment, 4, {}, 90);
    push(alignment, 5);
    const blocks = alignment.advance(120);
    expect(blocks.map(({ late, speakers }) => [late, speakers.get('1')![0]])).toEqual([[1_920, 1_005]]);
  });
});

describe('a speaker is tied to the clock afresh', () => {
  /** The first samples heard in each block, for packets of RTP frame `rtp` that arrive at `at`. */
  const heard = (packets: readonly (readonly [rtp: number, at: number])[], silent: readonly number[] = []): Map<number, number> => {
    const alignment = new SpeakerAlignment();
    const blocks = packets.flatMap(([rtp, at], n) => {
      const due = alignment.advance(at);
      alignment.push(pcmFrame(full(silent.includes(n) ? 0 : 1_000 + n), at, { timestamp: (rtp * 960) >>> 0 }));
      return due;
    });
    return new Map(onsets([...blocks, ...alignment.flush()], '1').map(({ mark, at }) => [mark - 1_000, at]));
  };
  const steady = (frames: number, rtp = 0, at = 0): [number, number][] => Array.from({ length: frames }, (_, n) => [rtp + n, at + 20 * n]);

  it('when the sender begins anew with another RTP time', () => {
    const places = heard([...steady(50), ...steady(50, 3_000_000, 1_000)]);
    expect([places.get(49), places.get(50), places.get(99)]).toEqual([980, 1_000, 1_980]);
  });

  it('when RTP time stood still while it was silent, at once', () => {
    const places = heard([...steady(50), ...steady(100, 50, 1_700)], [47, 48, 49]);
    expect([...places.entries()].filter(([n, at]) => at !== (n < 50 ? n * 20 : 1_700 + (n - 50) * 20))).toEqual([]);
    expect(places.size).toBe(147);
  });

  it('when RTP time stood still without a sign, after half a second', () => {
    const places = heard([...steady(50), ...steady(100, 50, 1_200)]);
    expect(places.get(149)).toBe(1_200 + 99 * 20);
  });

  it('but not for the burst after a stall of the network', () => {
    const burst = Array.from({ length: 10 }, (_, n): [number, number] => [50 + n, 1_199 + n / 10]);
    const places = heard([...steady(50), ...burst, ...steady(50, 60, 1_200)]);
    expect([...places.entries()].filter(([n, at]) => at !== n * 20)).toEqual([]);
    expect(places.size).toBe(110);
  });

  it('when the first packet was slow', () => {
    const places = heard([[0, 150], ...steady(50, 1, 20).map(([n, at]): [number, number] => [n, Math.max(at, 150)])]);
    expect(places.get(50)).toBe(50 * 20);
  });
});

describe('the clock', () => {
  it('may be set back: the blocks go on, and nothing of what waits is lost', () => {
    const alignment = new SpeakerAlignment({ delay: 100 });
    const blocks: AlignedAudio[] = [];
    for (let n = 0; n < 200; n++) {
      const at = n < 100 ? 1e7 + n * 20 : 5e6 + n * 20;
      push(alignment, n, {}, at);
      blocks.push(...alignment.advance(at));
    }
    blocks.push(...alignment.flush());
    expect(blocks.map(({ index }) => index)).toEqual(blocks.map((_, i) => i * 960));
    const heard = new Set(onsets(blocks, '1').map(({ mark }) => mark));
    expect(Array.from({ length: 200 }, (_, n) => 1_000 + n).filter((mark) => !heard.has(mark))).toEqual([]);
    expect(blocks.reduce((sum, { late }) => sum + late, 0)).toBe(0);
  });

  it('may leap, or stand for an hour: no blocks are made up for it', () => {
    const alignment = new SpeakerAlignment({ delay: 0 });
    push(alignment, 0);
    alignment.advance(20);
    const blocks = alignment.advance(3_600_000);
    expect(blocks.length).toBeLessThan(3);
    expect(blocks.at(-1)!.index / 48).toBeGreaterThan(3_599_000);
    expect((blocks.at(-1)!.index / 960) % 1).toBe(0);
  });
});

describe('memory', () => {
  it('is bounded in speakers, and who is not heard is forgotten', () => {
    const alignment = new SpeakerAlignment({ delay: 0, maxSpeakers: 5, forget: 1_000 });
    for (let ssrc = 0; ssrc < 100; ssrc++) alignment.push(pcmFrame(full(1_000), ssrc, { ssrc, userId: null }));
    expect([...alignment.advance(200).at(-1)!.speakers.keys()]).toEqual([95, 96, 97, 98, 99].map((ssrc) => `ssrc:${ssrc}`));
    expect(alignment.advance(2_000).at(-1)!.speakers.size).toBe(0);
  });

  it('is bounded in frames when nobody asks for blocks', () => {
    const alignment = new SpeakerAlignment();
    for (let n = 0; n < 3_000; n++) push(alignment, n);
    const blocks = alignment.flush();
    expect(blocks.reduce((sum, { late }) => sum + late, 0)).toBeGreaterThan(2_000 * 960);
  });

  it('and output are bounded for any frames', () => {
    const any = fc.record({ ssrc: fc.nat(3), timestamp: fc.nat(0xffff_ffff), arrival: fc.nat(10_000), samples: fc.nat(40), concealed: fc.boolean() });
    const check = (list: { ssrc: number; timestamp: number; arrival: number; samples: number; concealed: boolean }[]): void => {
      const alignment = new SpeakerAlignment();
      let seen = 0;
      const blocks = list.flatMap(({ samples, ...rest }) => {
        alignment.push({ userId: null, ...rest, pcm: new Int16Array(2 * 120 * samples).fill(900) });
        return alignment.advance((seen = Math.max(seen, rest.arrival)));
      });
      blocks.push(...alignment.flush());
      expect(blocks.length).toBeLessThan(4_000);
      expect(blocks.every(({ speakers }) => [...speakers.values()].every((pcm) => pcm.length === 1920))).toBe(true);
      expect(blocks.slice(1).filter(({ index }, i) => !(index > blocks[i]!.index))).toEqual([]);
    };
    fc.assert(fc.property(fc.array(any, { maxLength: 60 }), check), { seed: 20_261_121, numRuns: 100 });
  });

  it.each([{ block: 0 }, { block: 2.5 }, { delay: -1 }, { delay: Infinity }, { bound: 0 }, { forget: NaN }, { maxSpeakers: 0 }])('refuses %j', (options) => {
    expect(() => new SpeakerAlignment(options)).toThrow(VoiceOptionsError);
  });
});
