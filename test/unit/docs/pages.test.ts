/** All links of the documentation work: the files exist, and so do the headings. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { describe, expect, it } from 'vitest';
import { blocksOf, pageFiles, pageText, ROOT } from '../../../tools/docs/blocks.mjs';

/** The anchor that GitHub and the site make from a heading: no code marks, no punctuation. */
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

describe('a retry', () => {
  const programs = ['docs/examples', 'create-rxvoice/templates', 'test/packaging/project'].flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
      .filter((file) => /\.m?[jt]s$/.test(file))
      .map((file) => ({ file: join(folder, file), text: readFileSync(join(ROOT, folder, file), 'utf8') })),
  );
  const snippets = FILES.flatMap((file) => (pageText(file).match(/^ *```(?:ts|js)\b[^]*?^ *```$/gm) ?? []).map((text) => ({ file, text })));
  const retrying = [...programs, ...snippets].filter(({ text }) => text.includes('voiceRetry('));

  it('stands behind the use of the session: before it, the failure of a session that is in use would reach nobody', () => {
    expect(retrying.length).toBeGreaterThan(5);
    expect(retrying.filter(({ text }) => !/\b(useSession|switchMap)\([^]*\bretry\(voiceRetry\(/.test(text))).toEqual([]);
    expect(retrying.filter(({ text }) => /\.pipe\(\s*retry\(voiceRetry\(/.test(text))).toEqual([]);
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
