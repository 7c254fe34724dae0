/**
 * Collects the pages of the site in a separate folder: those of `docs`, with links to files outside it pointed to the repository, the changelog,
 * and the reference that typedoc makes from the types. VitePress reads only that folder.
 */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ENTRIES } from '../tools/entries.mjs';

export const SITE = fileURLToPath(new URL('.', import.meta.url));
export const ROOT = fileURLToPath(new URL('..', import.meta.url));
export const PAGES = join(SITE, 'pages');
const REPOSITORY = 'https://github.com/rxvoice/rxvoice/blob/main';
/** Files of the repository that are also pages of the site. */
const MOVED = { 'CHANGELOG.md': 'changelog.md', 'CONTRIBUTING.md': 'contributing.md', 'README.md': 'start.md' };

/** The paths of the pages, without `.md`. */
export function pages() {
  return readdirSync(PAGES, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.md'))
    .map((file) => file.replaceAll('\\', '/').slice(0, -3))
    .sort();
}

export const pageText = (page) => readFileSync(join(PAGES, `${page}.md`), 'utf8');
export const titleOf = (page) => /^# (.*)$/m.exec(pageText(page))?.[1] ?? page;

export function stage() {
  rmSync(PAGES, { recursive: true, force: true });
  mkdirSync(PAGES, { recursive: true });
  const docs = join(ROOT, 'docs');
  for (const file of readdirSync(docs, { recursive: true, encoding: 'utf8' })) {
    if (file.endsWith('.md')) put(posix.join('docs', file.replaceAll('\\', '/')), file);
    else if (/\.(svg|png)$/.test(file)) cpSync(join(docs, file), join(PAGES, file));
  }
  for (const [from, to] of Object.entries(MOVED)) if (to !== 'start.md') put(from, to);
  reference();
}

function put(from, to) {
  const text = readFileSync(join(ROOT, from), 'utf8');
  const file = join(PAGES, to);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, withLinks(text, from));
}

/** Resolves links, which are relative to the file, to a page of the site or else to the repository. Removes comments, which are for authors. */
function withLinks(text, from) {
  return text
    .replace(/<!--[^]*?-->\n*/g, '')
    .replace(/(\]\()([^)\s]+)(\))/g, (_, open, target, close) => open + resolved(target, from) + close);
}

function resolved(target, from) {
  if (/^(?:[a-z]+:|#|\/)/.test(target)) return target;
  const [path, anchor] = target.split('#');
  const file = posix.join(posix.dirname(from), path);
  const hash = anchor === undefined ? '' : `#${anchor}`;
  if (file in MOVED) return `/${MOVED[file]}${hash}`;
  if (file.startsWith('docs/') && /\.(md|svg|png)$/.test(file)) return `/${file.slice('docs/'.length)}${hash}`;
  return `${REPOSITORY}/${file}${hash}`;
}

function reference() {
  const typedoc = join(SITE, 'node_modules/typedoc/bin/typedoc');
  const options = ['--options', join(SITE, 'typedoc.json'), '--out', join(PAGES, 'reference')];
  const sources = ENTRIES.map(({ source }) => join(ROOT, source));
  const { status } = spawnSync(process.execPath, [typedoc, ...options, ...sources], { cwd: ROOT, stdio: 'inherit' });
  if (status !== 0) throw new Error('typedoc failed');
  named();
}

/** typedoc names a module by its file: `index` is `rxvoice`, `audio` is `rxvoice/audio`. */
function named() {
  const folder = join(PAGES, 'reference');
  const index = join(folder, 'index.md');
  const note =
    'What each entry of the package exports, from the types and their comments. The same without the comments, and reviewed with each change of it, is in `api/` of the repository.';
  writeFileSync(index, readFileSync(index, 'utf8').replace('## Modules', `${note}\n\n## Entries`));
  renameSync(join(folder, 'index-1.md'), join(folder, 'rxvoice.md'));
  for (const file of readdirSync(folder)) {
    const text = readFileSync(join(folder, file), 'utf8').replaceAll('index-1.md', 'rxvoice.md');
    writeFileSync(
      join(folder, file),
      text.replace(/^# (\w+)$/m, (_, name) => `# ${TITLES[name] ?? `rxvoice/${name}`}`).replace('[index](', '[rxvoice]('),
    );
  }
}

const TITLES = { Reference: 'Reference', index: 'rxvoice', rxvoice: 'rxvoice' };
