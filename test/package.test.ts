/** The published package, after the build: its types need nothing that an installation does not bring, and its size is within the budget. */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { BUDGET } from './packaging/budget.mjs';

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const pkg = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
  exports: Record<string, string | { types: string }>;
  files: string[];
  version: string;
};
const ENTRIES = Object.entries(pkg.exports).flatMap(([name, target]) =>
  typeof target === 'string' ? [] : [[name, join(ROOT, target.types)] as const],
);

/** Packages that bring types of their own. `ws` does not. */
const TYPED = ['rxjs', 'rxjs/testing', '@snazzah/davey'];

/** What a declaration file imports. */
const importsOf = (file: string): string[] =>
  [...readFileSync(file, 'utf8').matchAll(/(?:from|import\()\s*["']([^"']+)["']/g)].map(([, name]) => name!);

/** A declaration file, and all files that it imports, directly or indirectly. */
function declarationsFrom(file: string, seen = new Set<string>()): Set<string> {
  if (seen.has(file)) return seen;
  seen.add(file);
  for (const name of importsOf(file)) if (name.startsWith('.')) declarationsFrom(join(dirname(file), name.replace(/\.js$/, '.d.ts')), seen);
  return seen;
}

/** The packages whose types a declaration file needs. */
function packagesOf(file: string): string[] {
  return [...declarationsFrom(file)].flatMap(importsOf).filter((name) => !name.startsWith('.'));
}

describe('the published types', () => {
  it.each(ENTRIES)('of %s need no types that the user would have to install', (_, file) => {
    expect(existsSync(file), `${file} is built by npm test`).toBe(true);
    expect(packagesOf(file).filter((name) => !TYPED.includes(name) && !name.startsWith('node:'))).toEqual([]);
  });
});

/** The files that `npm pack` takes: those of the field `files`, and those that it always takes. */
function published(): string[] {
  const files = pkg.files.filter((name) => !name.startsWith('!'));
  const all = [...files, 'README.md', 'LICENSE', 'package.json'].flatMap((name) =>
    statSync(join(ROOT, name)).isFile()
      ? [name]
      : readdirSync(join(ROOT, name), { recursive: true, encoding: 'utf8' })
          .map((file) => join(name, file))
          .filter((file) => statSync(join(ROOT, file)).isFile()),
  );
  return all.filter((name) => !pkg.files.includes(`!${name.replaceAll('\\', '/')}`));
}

it('create-rxvoice has the same version, and so makes bots that ask for this one', () => {
  const { version } = JSON.parse(readFileSync(join(ROOT, 'create-rxvoice/package.json'), 'utf8')) as { version: string };
  expect(version).toBe(pkg.version);
});

describe('the published files', () => {
  const sizes = published().map((file) => ({ file, bytes: statSync(join(ROOT, file)).size }));

  it('are within the budget, which `npm run test:packaging` holds the packed archive to, too', () => {
    const total = sizes.reduce((sum, { bytes }) => sum + bytes, 0);
    expect(sizes.length).toBeGreaterThan(300);
    expect(
      { files: sizes.length <= BUDGET.files, unpacked: total <= BUDGET.unpackedBytes },
      `${sizes.length} files, ${total} bytes`,
    ).toEqual({ files: true, unpacked: true });
  });

  it('are code, the types of what can be imported, and the song of the demo', () => {
    const odd = sizes.map(({ file }) => file).filter((file) => file.startsWith('dist') && !/\.(js|cjs|d\.ts)$/.test(file));
    expect(odd).toEqual([join('dist', 'cli', 'demo', 'song.opus')]);
  });

  it('have no declarations that no entry reaches', () => {
    const reached = new Set(ENTRIES.flatMap(([, file]) => [...declarationsFrom(file)]));
    const files = sizes.map(({ file }) => join(ROOT, file)).filter((file) => file.endsWith('.d.ts'));
    expect(files.sort()).toEqual([...reached].sort());
  });
});
