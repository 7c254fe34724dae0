/** The first promise, kept by force: every stage that `rxvoice/driver` exports is one by itself. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const ENTRY = join(ROOT, 'src/driver.ts');
const program = ts.createProgram([ENTRY], {
  target: ts.ScriptTarget.ES2023, module: ts.ModuleKind.NodeNext, moduleResolution: ts.ModuleResolutionKind.NodeNext, strict: true, noEmit: true,
  // What is asked is of ours and of RxJS: the types of Node and of the language are much of what there is to read.
  types: [], noLib: true,
}); // prettier-ignore
const checker = program.getTypeChecker();

interface Stage {
  readonly name: string;
  readonly doc: string;
}

/** What is exported, of the functions: those that end in `$`, and those that give an operator. */
const stages: readonly Stage[] = checker
  .getExportsOfModule(checker.getSymbolAtLocation(program.getSourceFile(ENTRY)!)!)
  .map((symbol) => ({ name: symbol.name, target: symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol }))
  .filter(({ name, target }) => name.endsWith('$') || givesOperator(target))
  .map(({ name, target }) => ({ name, doc: ts.displayPartsToString(target.getDocumentationComment(checker)) }));

function givesOperator(symbol: ts.Symbol): boolean {
  if (symbol.valueDeclaration === undefined) return false;
  const signatures = checker.getTypeOfSymbolAtLocation(symbol, symbol.valueDeclaration).getCallSignatures();
  return signatures.some((signature) => /^(MonoType)?OperatorFunction$/.test(signature.getReturnType().getSymbol()?.name ?? ''));
}

/** Those of real sockets have no virtual time, and so no seven cases of it. */
const ON_SOCKETS: Readonly<Record<string, string>> = { voiceSocket$: 'test/unit/net/socket.test.ts', udpPort$: 'test/unit/net/udp.test.ts' };
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
