/** Packets kept at their places without being re-encoded. */
import { describe, expect, it } from 'vitest';
import type { Piece } from '../../../../src/audio/recorder/container.js';
import { OggContainer } from '../../../../src/audio/recorder/ogg-container.js';
import { SILENCE_FRAME } from '../../../../src/protocol/silence.js';
import { MS } from './stage.js';

const SPEECH: Uint8Array = Uint8Array.of(0xfc, 1, 2);
/** 60 ms. */
const LONG: Uint8Array = Uint8Array.of(0x58, 1, 2);

const fit = (gapMs: number, audio = SPEECH, joins = true) => {
  const container = new OggContainer({ preSkip: 0 });
  const piece: Piece<Uint8Array> = { at: 0, samples: 960, audio, ssrc: 1, joins, concealed: false };
  container.write(piece);
  return container.fit(piece, gapMs * MS);
};

describe('a packet of speech', () => {
  it.each([0, 2, 10, 12, -2, -10, -12])('that is %f ms off is written where the file is', (ms) => expect(fit(ms)).toBe('write'));

  it.each([-12.5, -15, -40])('that is %f ms late is left out', (ms) => expect(fit(ms)).toBe('leave-out'));

  it.each([[12.5, 20], [20, 20], [29, 20], [31, 40], [120, 120]])('that is %f ms early, or behind a loss, comes after %i ms to be concealed', (ms, wanted) =>
    expect(fit(ms)).toEqual({ conceal: wanted * MS }),
  ); // prettier-ignore

  it('behind a longer loss, or a pause, comes after silence, to the grain', () => {
    expect(fit(140)).toEqual({ silence: 140 * MS });
    expect(fit(7.5, SPEECH, false)).toEqual({ silence: 7.5 * MS });
    expect(fit(2, SPEECH, false)).toBe('write');
  });

  it('of 60 ms may be off by half of that', () => {
    expect([fit(-30, LONG), fit(-32.5, LONG), fit(30, LONG)]).toEqual(['write', 'leave-out', 'write']);
    expect(fit(32.5, LONG)).toEqual({ conceal: 60 * MS });
  });
});

describe('a packet of silence', () => {
  it('is left out as soon as that helps, and silence is put before it to the grain', () => {
    expect([fit(-9, SILENCE_FRAME), fit(-10, SILENCE_FRAME)]).toEqual(['write', 'leave-out']);
    expect([fit(2, SILENCE_FRAME), fit(2.5, SILENCE_FRAME)]).toEqual(['write', { silence: 2.5 * MS }]);
  });
});
