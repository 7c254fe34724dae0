/** The declaration files, as users see them: what an entry's signatures name can be imported, and every error is one of ours. */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { API, report, reportFile } from './support/api-report.js';
import { checker, ENTRIES, exportsOf, isOurs, MAIN, meant, program } from './support/public-types.js';

/**
 * The types of ours that a declaration names; what is private in a class has no type in a declaration file. `typeof` of a value is not
 * looked at, as the compiler gives its type in full, nor what a part is picked from: the part has the name that is exported.
 */
function named(declaration: ts.Node): ts.Symbol[] {
  const found: ts.Symbol[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isTypeReferenceNode(node) && /^(Pick|Omit)$/.test(node.typeName.getText())) return;
    const name = ts.isTypeReferenceNode(node) ? node.typeName : ts.isExpressionWithTypeArguments(node) ? node.expression : ts.isImportTypeNode(node) ? node.qualifier : undefined; // prettier-ignore
    const symbol = name && checker.getSymbolAtLocation(name);
    if (symbol !== undefined) found.push(meant(symbol));
    ts.forEachChild(node, visit);
  };
  visit(declaration);
  return found.filter((symbol) => !(symbol.flags & ts.SymbolFlags.TypeParameter) && isOurs(symbol));
}

/** What fails a test of a bot is no error of a voice connection, to be retried or told to a user. */
const OF_TESTS = ['BotMistakeError', 'TimelineError'];

describe('the declaration files', () => {
  const main = new Set(exportsOf(ENTRIES.find(({ name }) => name === MAIN)!.types).map(({ symbol }) => symbol));

  it.each(ENTRIES)("$name: every type that a signature names is exported there or by 'rxvoice'", ({ types }) => {
    const own = exportsOf(types).map(({ symbol }) => symbol);
    const importable = new Set([...main, ...own]);
    expect(own.some((symbol) => symbol.declarations?.some((declaration) => named(declaration).length > 0))).toBe(true);
    const hidden = own.flatMap((symbol) =>
      (symbol.declarations ?? [])
        .flatMap(named)
        .filter((type) => !importable.has(type))
        .map((type) => `${type.name}, named by ${symbol.name}`),
    );
    expect([...new Set(hidden)]).toEqual([]);
  });

  it.each(ENTRIES)('$name: every error extends VoiceError', ({ types }) => {
    const base = checker.getDeclaredTypeOfSymbol([...main].find(({ name }) => name === 'VoiceError')!);
    const error = checker.resolveName('Error', undefined, ts.SymbolFlags.Interface, false)!;
    const errors = exportsOf(types)
      .map(({ symbol }) => symbol)
      .filter(({ flags }) => flags & ts.SymbolFlags.Class)
      .filter((symbol) => checker.isTypeAssignableTo(checker.getDeclaredTypeOfSymbol(symbol), checker.getDeclaredTypeOfSymbol(error)));
    if (types.endsWith('dist/index.d.ts')) expect(errors.length).toBeGreaterThan(10);
    expect(
      errors
        .filter(({ name }) => !OF_TESTS.includes(name))
        .filter((symbol) => !checker.isTypeAssignableTo(checker.getDeclaredTypeOfSymbol(symbol), base))
        .map(({ name }) => name),
    ).toEqual([]);
  });

  /** From TypeScript 5.7 on; those before know no type parameter of a typed array, and so not the file that has one. */
  const GENERIC = /\b(?:Buffer|DataView|[A-Z]\w+Array)<(?:ArrayBuffer|SharedArrayBuffer)\w*>/;

  it('can be read by TypeScript 5.4', () => {
    const ours = program.getSourceFiles().filter(({ fileName }) => fileName.includes('/dist/'));
    expect(ours.length).toBeGreaterThan(100);
    expect(ours.flatMap(({ fileName, text }) => (GENERIC.test(text) ? [`${fileName}: ${GENERIC.exec(text)![0]}`] : []))).toEqual([]);
  });
});

describe('the docblocks', () => {
  const isEmpty = (symbol: ts.Symbol): boolean => symbol.getDocumentationComment(checker).length === 0;

  it.each(ENTRIES)('$name: every export has one, and every option', ({ types }) => {
    const own = exportsOf(types);
    expect(own.length).toBeGreaterThan(3);
    const bare = own.filter(({ symbol }) => isEmpty(symbol)).map(({ name }) => name);
    const options = own.filter(({ name, symbol }) => name.endsWith('Options') && symbol.flags & ts.SymbolFlags.Interface);
    for (const { name, symbol } of options) {
      for (const member of symbol.members?.values() ?? []) if (isEmpty(member)) bare.push(`${name}.${member.name}`);
    }
    expect(bare).toEqual([]);
  });
});

/** Pages that are reviewed with the change: `npm run api` writes them anew. */
describe('api/', () => {
  const writes = process.env.RXVOICE_WRITE === '1';

  it.each(ENTRIES)('is what $name exports (npm run api writes it)', ({ name }) => {
    const file = join(API, reportFile(name));
    const now = report(name);
    if (writes) {
      mkdirSync(API, { recursive: true });
      writeFileSync(file, now);
    }
    expect(existsSync(file) ? readFileSync(file, 'utf8') : '').toBe(now);
  });

  it('has no page of an entry that is gone', () => {
    expect(readdirSync(API).sort()).toEqual(ENTRIES.map(({ name }) => reportFile(name)).sort());
  });
});
