/** docs/security.md names only tests that exist, and every claim has one. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const root = new URL('../../../', import.meta.url);
const page = readFileSync(new URL('docs/security.md', root), 'utf8');
const rows = page
  .split('\n')
  .filter((line) => line.startsWith('| ') && !line.endsWith('held by |'))
  .map((line) => line.split('|').map((cell) => cell.trim()).slice(1, -1)); // prettier-ignore

describe('docs/security.md', () => {
  it('has its claims in tables', () => expect(rows.length).toBeGreaterThan(25));

  it.each(rows.map((row) => [row[0]!, row.at(-1)!]))('%s', (_, held) => {
    const [, file, title] = /^`(test\/[\w/.-]+\.test\.ts)`: (.{12,})$/.exec(held) ?? [];
    expect([held, file]).not.toContain(undefined);
    expect(readFileSync(new URL(file!, root), 'utf8')).toContain(title);
  });
});
