/** The documentation leads where it says: files that are there, and headings that they have. */
import { existsSync } from 'node:fs';
import { join, posix } from 'node:path';
import { describe, expect, it } from 'vitest';
import { blocksOf, pageFiles, pageText, ROOT } from '../../../tools/docs/blocks.mjs';

/** As GitHub and the site make it of a heading: no code marks, no punctuation. */
const anchor = (heading: string): string =>
  heading
    .toLowerCase()
    .replace(/[`*]|\[|\]\([^)]*\)/g, '')
    .replace(/[^\p{L}\p{N}_\- ]/gu, '')
    .trim()
    .replaceAll(' ', '-');

const withoutCode = (text: string): string => text.replace(/^( *)```[^]*?^\1```$/gm, '').replace(/`[^`\n]*`/g, '``');
const anchorsOf = (file: string): string[] => [...pageText(file).matchAll(/^#+ (.*)$/gm)].map(([, heading]) => anchor(heading!));

const FILES = pageFiles();

describe('the links of', () => {
  it.each(FILES)('%s', (file) => {
    const dead = [...withoutCode(pageText(file)).matchAll(/\]\(([^)\s]+)\)/g)]
      .map(([, target]) => target!)
      .filter((target) => !/^(?:[a-z]+:|\/)/.test(target))
      .filter((target) => {
        const [path = '', hash] = target.split('#');
        const to = path === '' ? file : posix.join(posix.dirname(file), path);
        return !existsSync(join(ROOT, to)) || (hash !== undefined && !anchorsOf(to).includes(hash));
      });
    expect(dead).toEqual([]);
  });
});

describe('code that is not compiled', () => {
  it('says why', () => {
    const marked = FILES.flatMap((file) => [...pageText(file).matchAll(/^ *```(?:ts|js) (.*)$/gm)].map(([, info]) => info!));
    expect(marked.filter((info) => !/^not compiled: \S/.test(info))).toEqual([]);
  });

  it('is little', () => {
    const blocks = FILES.flatMap(blocksOf);
    expect(blocks.length).toBeGreaterThan(40);
    expect(blocks.filter(({ excused }) => excused).length).toBeLessThan(blocks.length / 10);
  });
});
