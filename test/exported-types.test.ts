/**
 * The declaration files, as users see them: the types that signatures name can be imported, every error is one of ours, and every stage stands alone.
 * All in one file, because building their program takes seconds.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { API, report, reportFile } from './support/api-report.js';
import { checker, ENTRIES, exportsOf, isOurs, MAIN, meant, program, ROOT } from './support/public-types.js';

/**
 * Our types that a declaration names; private class members have no type in a declaration file. `typeof` of a value is skipped, because
 * the compiler writes out its type. What Pick or Omit picks from is skipped, because the exported name is that of the picked part.
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

/** Errors that fail the test of a bot: they are not errors of a voice connection, to be retried or shown to a user. */
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

  /** Needs TypeScript 5.7: earlier versions know no type parameter of a typed array, and so cannot read a file that uses one. */
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

/** Pages that are reviewed with each change: `npm run api` rewrites them. */
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

/** Enforces the first promise: every stage that `rxvoice/driver` exports stands alone. */
interface Stage {
  readonly name: string;
  readonly doc: string;
}

/** The exported functions that end in `$` or return an operator. */
const stages: readonly Stage[] = exportsOf(ENTRIES.find(({ name }) => name === './driver')!.types)
  .filter(({ name, symbol }) => name.endsWith('$') || givesOperator(symbol))
  .map(({ name, symbol }) => ({ name, doc: ts.displayPartsToString(symbol.getDocumentationComment(checker)) }));

function givesOperator(symbol: ts.Symbol): boolean {
  if (symbol.valueDeclaration === undefined) return false;
  const signatures = checker.getTypeOfSymbolAtLocation(symbol, symbol.valueDeclaration).getCallSignatures();
  return signatures.some((signature) => /^(MonoType)?OperatorFunction$/.test(signature.getReturnType().getSymbol()?.name ?? ''));
}

/** Stages on real sockets have no virtual time, and so none of the seven cases that use it. */
const ON_SOCKETS: Readonly<Record<string, string>> = {
  voiceSocket$: 'test/unit/net/socket.test.ts',
  udpPort$: 'test/unit/net/udp.test.ts',
};
const FOLDER = 'test/marbles/stages';
/** `ip-discovery.test.ts` for `ipDiscovery$`. */
const fileOf = (name: string): string =>
  ON_SOCKETS[name] ?? `${FOLDER}/${name.replace(/\$$/, '').replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}.test.ts`;
const read = (file: string): string => readFileSync(join(ROOT, file), 'utf8');

describe('the stages of rxvoice/driver', () => {
  it('are all found', () => {
    expect(stages.map(({ name }) => name).sort()).toEqual([
      'control$', 'dave$', 'driveVoice$', 'encryptionMode$', 'heartbeat$', 'hello$', 'identify$', 'ipDiscovery$', 'keepalive$', 'paced$',
      'receiveOpus', 'receiveRtcp', 'resume$', 'roster$', 'saySpeaking', 'sendOpus', 'sendRtcp', 'sessionDescription$', 'signalling$',
      'udpPort$', 'voiceSocket$',
    ]); // prettier-ignore
  });

  it.each(stages)('$name has a marble diagram in its docstring', ({ doc }) => {
    const [, diagram = ''] = /```\n([^]*?)```/.exec(doc) ?? [];
    const lines = diagram.trimEnd().split('\n');
    expect(lines.length).toBeGreaterThan(1);
    expect(lines.at(-1)).toMatch(/^\S+ +[-(~^a-zA-Z]/);
  });

  it.each(stages)('$name has a test file of its own name, by the seven cases where time can be virtual', ({ name }) => {
    const text = read(fileOf(name));
    if (name in ON_SOCKETS) expect(text).toContain(name);
    else expect(text).toMatch(new RegExp(`\\b(seven|operator|control|request)Cases\\('${name.replace('$', '\\$')}', `));
  });

  it.each(stages.filter(({ name }) => !(name in ON_SOCKETS)))('$name is taken from where users take it', ({ name }) => {
    expect(read(fileOf(name))).toMatch(new RegExp(`import \\{[^}]*\\b${name.replace('$', '\\$')}[^}]*\\} from '../../../src/driver.js'`));
  });

  it('are all that is tested so', () => {
    const files = readdirSync(join(ROOT, FOLDER)).map((file) => `${FOLDER}/${file}`);
    expect(files.filter((file) => !stages.some(({ name }) => fileOf(name) === file))).toEqual([]);
  });
});
