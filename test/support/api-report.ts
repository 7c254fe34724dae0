/** Renders what an entry exports as a page: each declaration without comments, sorted by name. */
import { basename, join } from 'node:path';
import ts from 'typescript';
import { ENTRIES, exportsOf, MAIN, ROOT } from './public-types.js';

const COMMAND = 'npm run api';
const printer = ts.createPrinter({ removeComments: true, newLine: ts.NewLineKind.LineFeed });

/** The folder that holds the pages. */
export const API = join(ROOT, 'api');

/** `api/audio.api.md` for `./audio`, `api/rxvoice.api.md` for the main entry. */
export function reportFile(entry: string): string {
  return `${entry === MAIN ? 'rxvoice' : basename(entry)}.api.md`;
}

export function report(entry: string): string {
  const main = new Set(entry === MAIN ? [] : exportsOf(typesOf(MAIN)).map(({ symbol }) => symbol));
  const all = exportsOf(typesOf(entry)).sort((a, b) => (a.name < b.name ? -1 : 1));
  const own = all.filter(({ symbol }) => !main.has(symbol)).map(({ name, symbol }) => declared(name, symbol));
  const shared = all.filter(({ symbol }) => main.has(symbol)).map(({ name }) => `\`${name}\``);
  const lines = [
    `# ${entry === MAIN ? 'rxvoice' : `rxvoice${entry.slice(1)}`}`,
    '',
    `What this entry exports. Written by \`${COMMAND}\`; a change of it is a change of the public API, and is to be looked at as one.`,
    '',
    '```ts',
    own.join('\n'),
    '```',
  ];
  if (shared.length > 0) lines.push('', `As \`rxvoice\` exports them: ${shared.join(', ')}.`);
  return `${lines.join('\n')}\n`;
}

const typesOf = (entry: string): string => ENTRIES.find(({ name }) => name === entry)!.types;

function declared(name: string, symbol: ts.Symbol): string {
  const texts = (symbol.declarations ?? []).map((declaration) => text(declaration));
  const alias = name === symbol.name ? '' : `// ${symbol.name}, exported as ${name}\n`;
  return alias + texts.join('\n');
}

function text(declaration: ts.Node): string {
  // `export declare const x: T` is three nested nodes; the innermost has the symbol.
  const whole = ts.isVariableDeclaration(declaration) ? declaration.parent.parent : declaration;
  return printer.printNode(ts.EmitHint.Unspecified, whole, declaration.getSourceFile()).replace(/^export declare /gm, 'export ');
}
