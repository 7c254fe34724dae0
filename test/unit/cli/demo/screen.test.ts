/** Pictures and tables fit a terminal of any width: a wrapped line destroys a drawing, and a wrapped bar is drawn again and again. */
import { describe, expect, it } from 'vitest';
import { Envelope } from '../../../../src/cli/demo/envelope.js';
import { Screen } from '../../../../src/cli/demo/screen.js';
import { columnsOf } from '../../../../src/cli/terminal/text.js';

const WIDTHS = Array.from({ length: 160 }, (_, i) => i + 1);

/** All lines that a screen with so many columns shows. */
function drawn(columns: number, colour: boolean, draw: (screen: Screen) => void): string[] {
  let text = '';
  draw(new Screen({ isTTY: true, columns, write: (part: string) => (text += part) }, colour));
  return text.replaceAll('\x1b[K', '').split(/[\r\n]/);
}

const ENVELOPE = new Envelope();
ENVELOPE.add(Int16Array.from({ length: 48_000 * 2 * 3 }, (_, i) => (i % 2_000) - 1_000));

const STAGES = [
  { at: 0, label: 'socket' },
  { at: 4, label: 'ready (aead_xchacha20_poly1305_rtpsize)' },
  { at: 9, label: 'first frame' },
];
const PICTURES: readonly (readonly [string, (screen: Screen) => void])[] = [
  ['a bar of seconds', (screen) => screen.progress(7_000, 12_000)],
  ['a bar of hours', (screen) => screen.progressDone(100 * 3_600_000)],
  ['a timeline', (screen) => screen.timeline(STAGES)],
  ['codes', (screen) => screen.codes(new Map([['player', '123456789012345678901234567890']]))],
  ['accounts', (screen) => screen.accounts({ sent: 600, arrived: 599, lost: 1, differing: 0, arrivals: [0, 20, 41] }, 55)],
  ['a waveform', (screen) => screen.waveform(ENVELOPE)],
]; // prettier-ignore

describe.each(PICTURES)('%s', (_, draw) => {
  it.each([false, true])('leaves the last column free, whatever the width (colour: %s)', (colour) => {
    for (const columns of WIDTHS.slice(3)) {
      for (const line of drawn(columns, colour, draw)) expect(columnsOf(line), `${columns}: ${line}`).toBeLessThan(columns);
    }
  });

  it('is shown from the narrowest to the widest', () => {
    for (const columns of WIDTHS) expect(drawn(columns, false, draw).join('').trim()).not.toBe('');
  });
});

describe('a screen', () => {
  it('has room for the bars of a timeline where there is some, and leaves them out where there is not', () => {
    const bars = (columns: number): boolean => drawn(columns, false, PICTURES[2]![1]).join('').includes('█');
    expect([100, 80, 60, 40].map(bars)).toEqual([true, true, false, false]);
  });

  it('goes by the width of the moment', () => {
    const out = { isTTY: true, columns: 80, text: '', write: (part: string) => (out.text += part) };
    const screen = new Screen(out, false);
    screen.progress(1_000, 60_000);
    out.columns = 30;
    out.text = '';
    screen.progress(2_000, 60_000);
    expect(columnsOf(out.text.replace(/\x1b\[K|\r/g, ''))).toBe(29);
  });

  it('of a terminal that has no columns, by its own word, is as wide as a pipe', () => {
    expect(drawn(0, false, PICTURES[5]![1])).toEqual(drawn(100, false, PICTURES[5]![1]));
  });
});
