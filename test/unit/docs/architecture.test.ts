/** Everything that the page on architecture names exists. */
import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const ROOT = new URL('../../../', import.meta.url);
const page = readFileSync(new URL('docs/architecture.md', ROOT), 'utf8');
/** Files and folders in backticks: with an extension, or a slash at the end. A name without a folder follows one that has it. */
const named = [...new Set([...page.matchAll(/`([\w-]+(?:\/[\w.-]+)*(?:\.ts|\/))`/g)].map(([, path]) => path!))];

describe('the page on architecture', () => {
  it('names files', () => expect(named.length).toBeGreaterThan(30));

  it.each(named.filter((path) => path.includes('/')))('%s is there', (path) => {
    const places = [`src/${path}`, path, ...['media', 'driver', 'server', 'server/dave', 'audio'].map((folder) => `src/${folder}/${path}`)];
    expect(places.some((place) => existsSync(new URL(place, ROOT)))).toBe(true);
  });
});
