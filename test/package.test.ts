/** What is published, after the build: its types ask for nothing that an installation does not bring. */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const pkg = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { exports: Record<string, string | { types: string }> };
const ENTRIES = Object.entries(pkg.exports).flatMap(([name, target]) => (typeof target === 'string' ? [] : [[name, join(ROOT, target.types)] as const]));

/** Packages that bring types of their own. `ws` does not. */
const TYPED = ['rxjs', 'rxjs/testing', '@snazzah/davey'];

/** The packages whose types a declaration file needs, by itself or by those that it imports. */
function packagesOf(file: string, seen = new Set<string>()): Set<string> {
  const packages = new Set<string>();
  if (seen.has(file)) return packages;
  seen.add(file);
  for (const [, name = ''] of readFileSync(file, 'utf8').matchAll(/(?:from|import\()\s*["']([^"']+)["']/g)) {
    if (!name.startsWith('.')) packages.add(name);
    else for (const found of packagesOf(join(dirname(file), name.replace(/\.js$/, '.d.ts')), seen)) packages.add(found);
  }
  return packages;
}

describe('the published types', () => {
  it.each(ENTRIES)('of %s need no types that the user would have to install', (_, file) => {
    expect(existsSync(file), `${file} is built by npm test`).toBe(true);
    expect([...packagesOf(file)].filter((name) => !TYPED.includes(name) && !name.startsWith('node:'))).toEqual([]);
  });
});
