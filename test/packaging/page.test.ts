/** Checks docs/bundlers.md, where `npm run test:packaging` writes its results. That command installs from the registry, and is run after these tests. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { withResults, type Row } from './page.mjs';
import { BANNER, WAYS } from './ways.mjs';
import { gist } from './workbench.mjs';

const PAGE = readFileSync(new URL('../../docs/bundlers.md', import.meta.url), 'utf8');
const row = (changes: Partial<Row>): Row => ({ runtime: 'Node 20', how: '`import`', result: 'works', reason: '', ...changes });

describe('docs/bundlers.md', () => {
  it('has a row for each way that is tried, and no other', () => {
    const rows = [...PAGE.matchAll(/^\| (\w+) [\d.]+ \| (.*) \| (works|fails.*|not checked.*) \|$/gm)].map(([, title, how]) => `${title} ${how}`);
    expect(rows.sort()).toEqual(WAYS.map(({ runtime, how }) => `${runtime.title} ${how}`).sort());
  });

  it('gives the banner that was tried', () => {
    expect(PAGE).toContain(`--banner:js="${BANNER}"`);
  });
});

describe('the table', () => {
  it('takes the place of the one before, and of nothing else', () => {
    const once = withResults(PAGE, [row({})]);
    const rows = [row({ result: 'fails', reason: 'Error: a | b' }), row({ runtime: 'Bun ^1', result: 'not checked', reason: 'not to be had' })];
    const twice = withResults(once, rows);
    expect(twice).toContain('| Node 20 | `import` | fails: Error: a \\| b |\n| Bun ^1 | `import` | not checked: not to be had |\n');
    expect(withResults(twice, [row({})])).toBe(once);
    expect(once.replace(/<!-- results[^]*end of the results -->/, '')).toBe(PAGE.replace(/<!-- results[^]*end of the results -->/, ''));
  });

  it('is not put where there is no place for it', () => {
    expect(() => withResults('# Another page', [])).toThrow(/lost the marks/);
  });
});

describe('the reason', () => {
  it.each([
    ['\nfile:///b.mjs:1\n  throw x;\n\nSyntaxError: no such thing\n    at module', 'SyntaxError: no such thing'],
    ['> jest\nFAIL x\n  Must use import to load ES Module: y\n    at createRequireEsmError (z)', 'Must use import to load ES Module: y'],
    ['heard 59 of 60\n', 'heard 59 of 60'],
    ['', 'no output'],
  ])('is the line of %j that says most', (output, reason) => {
    expect(gist(output)).toBe(reason);
  });
});
