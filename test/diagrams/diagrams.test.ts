/** The diagrams of the docs show what the library does: each is drawn again here and must equal the file in docs/diagrams. */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { firstValueFrom } from 'rxjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { encryptionMode$, ENCRYPTION_MODES } from '../../src/driver.js';
import { DIAGRAMS, fileOf } from './diagrams.js';
import { diagramsPage } from './page.js';
import { record } from './recording.js';
import { svgOf } from './svg.js';

const ROOT = new URL('../../', import.meta.url);
const FOLDER = new URL('docs/diagrams/', ROOT);
const PAGE = new URL('docs/diagrams.md', ROOT);
/** `npm run diagrams` rewrites them. */
const WRITES = process.env['RXVOICE_WRITE'] === '1';

/** Streams and operators without a diagram, and why. */
const UNDRAWN: Readonly<Record<string, string>> = {
  voiceSocket$: 'opens a real socket, which has no virtual time',
  udpPort$: 'opens a real socket, which has no virtual time',
};

/** Pages with a hand-drawn diagram, and why. */
const BY_HAND: Readonly<Record<string, string>> = {
  'docs/interop.md': 'a loop by for await goes on by promises, which have no virtual time',
};

// Loaded once per process; later uses take no time, virtual or real.
beforeAll(() => firstValueFrom(encryptionMode$([ENCRYPTION_MODES[0]])));

describe('the diagram of', () => {
  it.each(Object.entries(DIAGRAMS))('%s is what the library does', (name, diagram) => {
    const svg = svgOf(record(diagram), diagram.says);
    const file = new URL(fileOf(name), FOLDER);
    if (WRITES) {
      mkdirSync(FOLDER, { recursive: true });
      writeFileSync(file, svg);
    }
    expect(svg, 'what it shows has changed: look at it, and draw it anew by npm run diagrams').toBe(readFileSync(file, 'utf8'));
  });
});

describe('the diagrams', () => {
  it('are all on their page, and no others lie beside them', () => {
    const page = diagramsPage();
    if (WRITES) writeFileSync(PAGE, page);
    expect(readFileSync(PAGE, 'utf8')).toBe(page);
    expect(readdirSync(FOLDER).sort()).toEqual(Object.keys(DIAGRAMS).map(fileOf).sort());
  });

  it('are the only ones: none is drawn by hand on a page', () => {
    const folders = ['./', 'docs/', 'docs/recipes/'];
    const pages = folders.flatMap((folder) => readdirSync(new URL(folder, ROOT)).filter((name) => name.endsWith('.md')).map((name) => folder + name)); // prettier-ignore
    expect(pages.length).toBeGreaterThan(15);
    // A name, two or more spaces, and marbles. Output of a failing test is not a diagram of the docs.
    const byHand = /^(?!expected|actual)[a-z][\w $()]*? {2,}[-a-zA-Z0-9()|#!^]*--[-a-zA-Z0-9()|#!^]*( |$)/m;
    const drawn = pages.filter((name) => [...readFileSync(new URL(name, ROOT), 'utf8').matchAll(/^```(\w*)\n(.*?)^```/gms)].some(([, language, block]) => language === '' && byHand.test(block!)));
    expect(drawn).toEqual(Object.keys(BY_HAND));
  });

  it('are there for each stream and each operator that is exported', () => {
    const exported = ['src/index.ts', 'src/driver.ts', 'src/audio/index.ts'].flatMap(streamsOf);
    expect(exported.length).toBeGreaterThan(25);
    const missing = exported.filter((name) => !(name in DIAGRAMS) && !(name in UNDRAWN));
    expect(missing, 'draw it in test/diagrams, or say in UNDRAWN why not').toEqual([]);
  });
});

/** The functions exported by an entry that return an Observable, frames to play, or an operator on either. */
function streamsOf(entry: string): string[] {
  const text = readFileSync(new URL(entry, ROOT), 'utf8');
  const elsewhere = [...text.matchAll(/export \{([^}]*)\} from '([^']+)'/g)].flatMap(([, names, from]) => {
    const source = readFileSync(new URL(from!.replace(/\.js$/, '.ts'), new URL(entry, ROOT)), 'utf8');
    return names!.split(',').map((name) => name.trim()).filter((name) => givesStream(source, name)); // prettier-ignore
  });
  const own = [...text.matchAll(/export function (\w+\$?)/g)].map(([, name]) => name!).filter((name) => givesStream(text, name));
  return [...own, ...elsewhere];
}

function givesStream(source: string, name: string): boolean {
  const signature = new RegExp(`export function ${name.replace('$', '\\$')}[(<][^]*?\\): (\\w+)`).exec(source);
  return /^(Observable|OperatorFunction|MonoTypeOperatorFunction|FrameStream|FrameOperator|Broadcast)$/.test(signature?.[1] ?? '');
}
