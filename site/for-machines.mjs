/** Writes every page as Markdown beside its HTML, `llms.txt` with a list of them, and `llms-full.txt` with the whole guide in one file. */
import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pages, PAGES, pageText, SITE, titleOf } from './stage.mjs';
import { sidebar } from './sidebar.mjs';

const DIST = join(SITE, 'dist');
const SUMMARY =
  'Discord voice as RxJS streams, in TypeScript: one pipeline from op 4 to encrypted RTP, end-to-end encryption, receiving, its own voice server for tests.';

export function forMachines() {
  const all = pages();
  for (const page of all) {
    const file = join(DIST, `${page}.md`);
    mkdirSync(dirname(file), { recursive: true });
    cpSync(join(PAGES, `${page}.md`), file);
  }
  const groups = sidebar(all, titleOf);
  const reference = all.filter((page) => page.startsWith('reference/')).map((page) => ({ text: titleOf(page), link: `/${page}` }));
  const list = [...groups, { text: 'Reference', items: reference }].map(
    ({ text, items }) =>
      `## ${text}\n\n${items.map(({ text: title, link }) => `- [${title}](${link}.md): ${gist(link.slice(1))}`).join('\n')}`,
  );
  writeFileSync(join(DIST, 'llms.txt'), `# rxvoice\n\n> ${SUMMARY}\n\n${list.join('\n\n')}\n`);
  const guide = groups
    .filter(({ text }) => text !== 'How it is made')
    .flatMap(({ items }) => items.map(({ link }) => `<!-- ${link}.md -->\n\n${pageText(link.slice(1)).trim()}`));
  writeFileSync(join(DIST, 'llms-full.txt'), `# rxvoice\n\n> ${SUMMARY}\n\n${guide.join('\n\n')}\n`);
}

/** The first sentence of a page. */
function gist(page) {
  const paragraph =
    pageText(page)
      .replace(/^```[^]*?^```$/gm, '')
      .split(/\n\s*\n/)
      .find((text) => /^[A-Za-z`]/.test(text)) ?? '';
  const line = paragraph.replace(/\[([^\]]*)\]\([^)]*\)/g, '$1').replaceAll('\n', ' ');
  return /^.*?[.?](?=\s|$)/.exec(line)?.[0] ?? line.replace(/:$/, '.');
}
