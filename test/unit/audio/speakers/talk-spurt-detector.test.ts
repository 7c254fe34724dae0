import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { VoiceOptionsError } from '../../../../src/errors.js';
import { TalkSpurtDetector, type TalkSpurtDetectorOptions, type TalkSpurtStep } from '../../../../src/audio/index.js';
import type { AudioLevel, VoicePacket } from '../../../../src/types.js';
import { LONG_FRAME, silence, speech } from '../speech-packets.js';

/** Short form: `[5 6` a spurt begins with 5 and 6, `7` a packet of it, `]` its end. */
function short(step: TalkSpurtStep): string {
  switch (step.type) {
    case 'start':
      return `[${step.packets.map(({ sequence }) => sequence).join(' ')}`;
    case 'packet':
      return String(step.packet.sequence);
    case 'end':
      return ']';
  }
}

/** Steps through packets at their arrival, and advances the detector whenever it asks for that. */
function spurts(packets: readonly VoicePacket[], options: TalkSpurtDetectorOptions = {}, ask = true): string {
  const detector = new TalkSpurtDetector(options);
  const steps: TalkSpurtStep[] = [];
  for (const packet of packets) {
    if (ask && detector.due !== undefined && detector.due < packet.arrival) steps.push(...detector.advance(detector.due));
    steps.push(...detector.step(packet, packet.arrival));
  }
  return steps.map(short).join(' ');
}

const range = (from: number, to: number): number[] => Array.from({ length: to - from + 1 }, (_, i) => from + i);
const loud = (level: number, voice = false): { readonly audioLevel: AudioLevel } => ({ audioLevel: { voice, level } });

describe('by packet flow', () => {
  it('a spurt begins with the first packet that is no silence', () => {
    expect(spurts([silence(0), silence(1), speech(2), speech(3)])).toBe('[2 3');
  });

  it('one frame of silence ends nothing, nor do five', () => {
    const packets = [speech(0), silence(1), speech(2), ...range(3, 7).map((n) => silence(n)), speech(8)];
    expect(spurts(packets)).toBe('[0 1 2 3 4 5 6 7 8');
  });

  it('silence for as long as the hangover ends it', () => {
    const packets = [speech(0), ...range(1, 20).map((n) => silence(n)), speech(21)];
    expect(spurts(packets, { hangover: 100 })).toBe('[0 1 2 3 4 5 ] [21');
    expect(spurts(packets, { hangover: 100 }, false)).toBe('[0 1 2 3 4 5 ] [21');
  });

  it('nothing for as long as the hangover ends it', () => {
    const detector = new TalkSpurtDetector();
    detector.step(speech(0), 0);
    detector.step(speech(1), 20);
    detector.step(silence(2), 40);
    expect(detector.due).toBe(320);
    expect(detector.advance(319)).toEqual([]);
    expect(detector.advance(320).map(short)).toEqual([']']);
    expect(detector.due).toBeUndefined();
    expect(detector.advance(10_000)).toEqual([]);
  });

  it('a pause of the sender, which the RTP clock knows of, ends it before its next packet', () => {
    expect(spurts([speech(0), speech(1, { timestamp: 48_000, arrival: 25 })], {}, false)).toBe('[0 ] [1');
  });

  it('a pause in which the RTP clock stood still ends it by time', () => {
    const frozen = speech(1, { arrival: 2_000 });
    expect(spurts([speech(0), frozen])).toBe('[0 ] [1');
    // In an instant replay the detector is not advanced in between; then arrivals count, if too far apart to be explained by a busy process.
    expect(spurts([speech(0), speech(1, { arrival: 5_000 })], {}, false)).toBe('[0 ] [1');
  });
});

describe('by audio level', () => {
  it("voice is what the sender's client calls so, or what is loud", () => {
    const packets = [speech(0, loud(60)), speech(1, loud(60, true)), speech(2, loud(60)), speech(3, loud(20))];
    expect(spurts(packets)).toBe('[1 2 3');
    expect(spurts(packets, { levelThreshold: 0 })).toBe('[1 2 3');
    expect(spurts([speech(0, loud(39)), speech(1, loud(40))])).toBe('[0 1');
    expect(spurts([speech(0, loud(40)), speech(1, loud(39))])).toBe('[1');
    expect(spurts([speech(0, loud(0))], { levelThreshold: 0 })).toBe('');
  });

  it('an open microphone in a quiet room ends the spurt while packets go on', () => {
    const packets = [speech(0, loud(20)), ...range(1, 30).map((n) => speech(n, loud(70))), speech(31, loud(20))];
    expect(spurts(packets, { hangover: 60 })).toBe('[0 1 2 3 ] [31');
    expect(spurts(packets, { hangover: 60 }, false)).toBe('[0 1 2 3 ] [31');
  });
});

describe('a busy process', () => {
  it('cuts no speech: what waited for 500 ms comes in a burst, with its own RTP time', () => {
    const packets = range(0, 60).map((n) => speech(n, { arrival: n < 20 ? n * 20 : Math.max(n * 20, 900) }));
    expect(spurts(packets, { hangover: 100 }, false)).toBe(`[0 ${range(1, 60).join(' ')}`);
  });

  it('finds a pause within such a burst', () => {
    const packets = [...range(0, 10), ...range(100, 110)].map((n) => speech(n, { arrival: 3_000 }));
    expect(spurts(packets, {}, false)).toBe(`[0 ${range(1, 10).join(' ')} ] [100 ${range(101, 110).join(' ')}`);
  });
});

describe('a slow network', () => {
  it('cuts no speech either, as long as something comes: a pause of 240 ms, spread over 440 ms', () => {
    const packets = [speech(0), ...range(1, 12).map((n) => silence(n, { arrival: n * 20 + 17 * n })), speech(13, { arrival: 464 })];
    expect(spurts(packets)).toBe(`[0 ${range(1, 13).join(' ')}`);
  });
});

describe('packets out of order', () => {
  it('belong to the spurt, and do not set its end back', () => {
    const packets = [speech(10), speech(9, { arrival: 201 }), speech(11), silence(8, { arrival: 221 })];
    expect(spurts(packets)).toBe('[10 9 11 8');
    const detector = new TalkSpurtDetector({ hangover: 60 });
    for (const n of [10, 11]) detector.step(speech(n), 0);
    detector.step(speech(5), 1);
    // Quiet from the end of 11 on: 12, 13 and 14 are within the hangover.
    expect([12, 13, 14].flatMap((n) => detector.step(silence(n), 2)).map(short)).toEqual(['12', '13', '14', ']']);
  });

  it('an RTP clock that begins anew does not end the speech', () => {
    const packets = range(0, 30).map((n) => speech(n, n < 10 ? { timestamp: 2 ** 31 - 100 + n * 960 } : {}));
    expect(spurts(packets, { hangover: 60 }, false)).toBe(`[0 ${range(1, 30).join(' ')}`);
    // From there on pauses are detected by the new RTP clock.
    const later = speech(31, { timestamp: 80 * 960 });
    expect(spurts([...packets, later], { hangover: 60 }, false)).toBe(`[0 ${range(1, 30).join(' ')} ] [31`);
  });
});

describe('minLength', () => {
  it('keeps clicks away, and loses nothing of what is longer', () => {
    const click = [speech(0), ...range(1, 4).map((n) => silence(n))];
    const packets = [...click, ...range(100, 104).map((n) => speech(n))];
    expect(spurts(packets, { minLength: 60 })).toBe('[100 101 102 103 104');
    expect(spurts(click, { minLength: 20 })).toBe('[0 1 2 3 4');
  });

  it('drops the click for good, even when the speech comes in the same burst', () => {
    const packets = [0, 100, 101, 102].map((n) => speech(n, { arrival: 3_000 }));
    expect(spurts(packets, { minLength: 60 }, false)).toBe('[100 101 102');
    expect(spurts(packets, { minLength: 60, preRoll: 100 }, false)).toBe('[100 101 102');
  });

  it('counts in audio, not in packets', () => {
    expect(spurts([speech(0, { frame: LONG_FRAME })], { minLength: 60 })).toBe('[0');
  });

  it('says when the first of it came', () => {
    const detector = new TalkSpurtDetector({ minLength: 60, preRoll: 40 });
    const steps = [silence(4), speech(5), speech(6), speech(7)].flatMap((packet) => [...detector.step(packet, packet.arrival)]);
    expect(steps).toMatchObject([{ type: 'start', startedAt: 100 }]);
    expect(steps.map(short)).toEqual(['[4 5 6 7']);
  });
});

describe('preRoll', () => {
  it('gives what came shortly before, once', () => {
    const quiet = range(0, 9).map((n) => speech(n, loud(90)));
    expect(spurts([...quiet, speech(10, loud(10))], { preRoll: 40 })).toBe('[8 9 10');
    const frozen = quiet.map((packet) => ({ ...packet, timestamp: 0 }));
    expect(spurts([...frozen, speech(10, { timestamp: 0 })], { preRoll: 40 })).toBe('[8 9 10');
    const again = [speech(0), silence(1), silence(2), silence(3), speech(4)];
    expect(spurts(again, { preRoll: 1_000, hangover: 40 })).toBe('[0 1 2 ] [3 4');
  });
});

describe('what waits for a spurt to begin', () => {
  it('is bounded, whatever comes', () => {
    const detector = new TalkSpurtDetector({ preRoll: 100, minLength: 100 });
    for (let n = 0; n < 5_000; n++) detector.step(silence(n, { timestamp: 0, arrival: 0 }), 0);
    const steps = range(0, 9).flatMap((n) => detector.step(speech(n, { timestamp: 0, arrival: 0 }), 0));
    const start = steps.find(({ type }) => type === 'start');
    expect(start).toHaveProperty('packets.length', 201);
  });
});

describe('time set back', () => {
  it('does not keep a spurt open for longer', () => {
    const detector = new TalkSpurtDetector();
    detector.step(speech(0), 1_000);
    expect(detector.advance(1_200)).toEqual([]);
    expect(detector.advance(-5_000)).toEqual([]);
    expect(detector.due).toBe(-4_900);
    expect(detector.advance(-4_900).map(short)).toEqual([']']);
  });
});

describe('the time it asks for', () => {
  it('is the time at which it ends the spurt, after a step of the clock and frames of odd lengths too', () => {
    fc.assert(
      fc.property(fc.integer({ min: -1e9, max: 1e9 }), fc.array(fc.nat(900), { maxLength: 20 }), (step, quiet) => {
        const detector = new TalkSpurtDetector();
        detector.step(speech(0), 1e12);
        detector.advance(1e12 + step);
        quiet.forEach((length, i) => detector.step(silence(i + 1, { timestamp: 960 + length }), 1e12 + step + i));
        const { due } = detector;
        if (due !== undefined) expect(detector.advance(due).map(short)).toEqual([']']);
      }),
    );
  });
});

describe('any packets', () => {
  const any = fc.record({
    timestamp: fc.oneof(fc.nat(2 ** 32 - 1), fc.nat(96_000)),
    step: fc.integer({ min: -50, max: 500 }),
    audioLevel: fc.option(fc.record({ voice: fc.boolean(), level: fc.nat(127) })),
    frame: fc.constantFrom(speech(0).frame, silence(0).frame, new Uint8Array(0)),
  });
  const options = fc.record({ hangover: fc.integer({ min: 1, max: 400 }), minLength: fc.nat(100), preRoll: fc.nat(100) });

  it('are in one spurt at most, in the order in which they came; each spurt begins once and ends once', () => {
    fc.assert(
      fc.property(fc.array(any, { maxLength: 100 }), options, fc.boolean(), (inputs, settings, ask) => {
        const detector = new TalkSpurtDetector(settings);
        const steps: TalkSpurtStep[] = [];
        let now = 0;
        inputs.forEach(({ step, ...fields }, sequence) => {
          now += step;
          if (ask) steps.push(...detector.advance(now));
          steps.push(...detector.step(speech(0, { ...fields, sequence, arrival: now }), now));
        });
        steps.push(...detector.flush());
        let open = false;
        const told: number[] = [];
        for (const step of steps) {
          expect(step.type === 'start').toBe(!open);
          open = step.type !== 'end';
          if (step.type === 'start') told.push(...step.packets.map(({ sequence }) => sequence));
          if (step.type === 'packet') told.push(step.packet.sequence);
        }
        expect(open).toBe(false);
        expect(told).toEqual([...new Set(told)].sort((a, b) => a - b));
        expect(detector.due).toBeUndefined();
      }),
    );
  });
});

describe('options', () => {
  it.each([{ hangover: 0 }, { hangover: Number.NaN }, { minLength: -1 }, { preRoll: -1 }, { preRoll: Number.POSITIVE_INFINITY }, { levelThreshold: 128 }])(
    'out of range: %o',
    (options) => {
      expect(() => new TalkSpurtDetector(options)).toThrow(VoiceOptionsError);
    },
  );
});
