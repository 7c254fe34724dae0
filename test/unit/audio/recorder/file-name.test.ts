import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { NameRegistry, numberedName, safeFileName } from '../../../../src/audio/recorder/file-name.js';

describe('a safe file name', () => {
  it.each([
    ['80351110224678912.ogg', '80351110224678912.ogg'],
    ['../../etc/passwd', '_.._.._etc_passwd'],
    ['..', '_'],
    ['.hidden', '_.hidden'],
    ['a b/c\\d:e\0.wav', 'a_b_c_d_e_.wav'],
    ['-rf', '_-rf'],
    ['', '_'],
    ['CON.ogg', '_CON.ogg'],
    ['ä.ogg', '_.ogg'],
    ['x.', 'x_'],
  ])('%o becomes %s', (text, name) => expect(safeFileName(text)).toBe(name));

  it('is short, keeps its extension, and leads nowhere, whatever it is made of', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 400 }), (text) => {
        const name = safeFileName(`${text}.ogg`);
        expect(name).toMatch(/^[\w][\w.-]{0,119}$/);
        expect(name.endsWith('.ogg')).toBe(true);
        expect(safeFileName(name)).toBe(name);
      }),
      { seed: 20_261_121, numRuns: 1_000 },
    );
  });
});

it('numbers go before the extension', () => {
  expect([1, 2, 10].map((number) => numberedName('a.b.ogg', number))).toEqual(['a.b.ogg', 'a.b-2.ogg', 'a.b-10.ogg']);
  expect(numberedName('plain', 2)).toBe('plain-2');
});

it('a name is given once, whatever its case', () => {
  const names = new NameRegistry();
  expect(['a.ogg', 'A.ogg', 'a.ogg', 'a-2.ogg', '/.ogg', '?.ogg'].map((name) => names.take(name))).toEqual([
    'a.ogg',
    'A-2.ogg',
    'a-3.ogg',
    'a-2-2.ogg',
    '_.ogg',
    '_-2.ogg',
  ]);
});
