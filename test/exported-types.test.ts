/** The declaration files, as users see them: what an entry's signatures name can be imported, and every error is one of ours. */
import { readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const DIST = join(ROOT, 'dist');
const MAIN = '.';

const pkg = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { exports: Record<string, string | { types: string }> };
const ENTRIES = Object.entries(pkg.exports).flatMap(([name, target]) => (typeof target === 'string' ? [] : [{ name, types: resolve(ROOT, target.types) }]));

/** What fails a test of a bot is no error of a voice connection, to be retried or told to a user. */
const OF_TESTS = ['BotMistakeError', 'TimelineError'];

/** The declarations that a build would write, by their paths in `dist`. Nothing is written. */
function declarations(): Map<string, string> {
  const { config } = ts.readConfigFile(join(ROOT, 'tsconfig.json'), ts.sys.readFile) as { config: object };
  const { fileNames, options } = ts.parseJsonConfigFileContent(config, ts.sys, ROOT);
  const files = new Map<string, string>();
  const program = ts.createProgram(fileNames, { ...options, declarationMap: false, sourceMap: false });
  program.emit(undefined, (file, text) => files.set(file, text), undefined, true);
  return files;
}

/** Of those declarations. They are read as if they were on the disk. */
function programOf(files: ReadonlyMap<string, string>): ts.Program {
  const options: ts.CompilerOptions = { target: ts.ScriptTarget.ES2023, module: ts.ModuleKind.NodeNext, moduleResolution: ts.ModuleResolutionKind.NodeNext, strict: true, skipLibCheck: true, noEmit: true };
  const host = ts.createCompilerHost(options);
  const { fileExists, getSourceFile, readFile } = host;
  host.fileExists = (file) => files.has(file) || fileExists(file);
  host.readFile = (file) => files.get(file) ?? readFile(file);
  host.getSourceFile = (file, target, ...rest) => {
    const text = files.get(file);
    return text === undefined ? getSourceFile(file, target, ...rest) : ts.createSourceFile(file, text, target, true);
  };
  host.directoryExists = () => true;
  return ts.createProgram(ENTRIES.map(({ types }) => types), options, host); // prettier-ignore
}

const program = programOf(declarations());
const checker = program.getTypeChecker();

function meant(symbol: ts.Symbol): ts.Symbol {
  return symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
}

function exportsOf(types: string): ts.Symbol[] {
  return checker.getExportsOfModule(checker.getSymbolAtLocation(program.getSourceFile(types)!)!).map(meant);
}

function isOurs({ declarations: [first] = [] }: ts.Symbol): boolean {
  return first !== undefined && first.getSourceFile().fileName.startsWith(DIST);
}

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

describe('the declaration files', () => {
  const main = new Set(exportsOf(ENTRIES.find(({ name }) => name === MAIN)!.types));

  it.each(ENTRIES)("$name: every type that a signature names is exported there or by 'rxvoice'", ({ types }) => {
    const own = exportsOf(types);
    const importable = new Set([...main, ...own]);
    expect(own.some((symbol) => symbol.declarations?.some((declaration) => named(declaration).length > 0))).toBe(true);
    const hidden = own.flatMap((symbol) =>
      (symbol.declarations ?? []).flatMap(named).filter((type) => !importable.has(type)).map((type) => `${type.name}, named by ${symbol.name}`),
    );
    expect([...new Set(hidden)]).toEqual([]);
  });

  it.each(ENTRIES)('$name: every error extends VoiceError', ({ types }) => {
    const base = checker.getDeclaredTypeOfSymbol([...main].find(({ name }) => name === 'VoiceError')!);
    const error = checker.resolveName('Error', undefined, ts.SymbolFlags.Interface, false)!;
    const errors = exportsOf(types)
      .filter(({ flags }) => flags & ts.SymbolFlags.Class)
      .filter((symbol) => checker.isTypeAssignableTo(checker.getDeclaredTypeOfSymbol(symbol), checker.getDeclaredTypeOfSymbol(error)));
    if (types.endsWith('dist/index.d.ts')) expect(errors.length).toBeGreaterThan(10);
    expect(errors.filter((symbol) => !OF_TESTS.includes(symbol.name) && !checker.isTypeAssignableTo(checker.getDeclaredTypeOfSymbol(symbol), base)).map(({ name }) => name)).toEqual([]);
  });
});
