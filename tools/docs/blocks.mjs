/** The fenced code blocks of the documentation, with their positions. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** Pages with code: those of `docs`, and the top-level pages for users. */
export function pageFiles() {
  const docs = readdirSync(join(ROOT, 'docs'), { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.md'));
  return ['README.md', 'CONTRIBUTING.md', 'SECURITY.md', ...docs.map((file) => join('docs', file)).sort()].map((file) =>
    file.replaceAll('\\', '/'),
  );
}

export const pageText = (file) => readFileSync(join(ROOT, file), 'utf8');

const EXAMPLES = readdirSync(join(ROOT, 'docs/examples'), { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.mjs'))
  .map((file) => readFileSync(join(ROOT, 'docs/examples', file), 'utf8'));

/** Whether a block is an excerpt of an example, which a test runs. */
export const runsAsExample = ({ code }) => EXAMPLES.some((text) => text.includes(code.trim()));

const FENCE = /^( *)```(ts|js)(?: +(\S.*))?\n([^]*?)^\1```$/gm;

/**
 * The TypeScript and JavaScript blocks of a page. `line` is the number of the first line; `excused`: whether it is marked as not compiled, as in
 * ```` ```ts not compiled: an error on purpose ````.
 */
export function blocksOf(file) {
  const text = pageText(file);
  return [...text.matchAll(FENCE)].map(({ index, 1: indent, 2: language, 3: info = '', 4: code }) => ({
    file,
    line: text.slice(0, index).split('\n').length + 1,
    language,
    excused: /^not compiled: \S/.test(info),
    code: code.replaceAll(new RegExp(`^${indent}`, 'gm'), ''),
  }));
}
