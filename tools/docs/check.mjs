/**
 * `npm run test:docs`: type-checks every code block of the documentation, in one program, against `src`. A block may use what `prelude.d.ts`
 * declares, such as `session`. A block without imports is a fragment: the exports of rxvoice and rxjs that it names are imported for it. `…`
 * stands for any expression. Excerpts of examples are not checked, because the examples are run.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { ENTRIES } from '../entries.mjs';
import { blocksOf, pageFiles, ROOT, runsAsExample } from './blocks.mjs';
import { asModule } from './fragments.mjs';

const PRELUDE = join(ROOT, 'tools/docs/prelude.d.ts');

const { options } = ts.parseJsonConfigFileContent(ts.readConfigFile(join(ROOT, 'tsconfig.json'), ts.sys.readFile).config, ts.sys, ROOT);
const settings = {
  ...options,
  noEmit: true,
  allowJs: true,
  checkJs: true,
  noImplicitAny: false,
  noUnusedLocals: false,
  noUnusedParameters: false,
  isolatedModules: false,
  verbatimModuleSyntax: false,
  declaration: false,
  rootDir: ROOT,
  paths: {
    '#here': [join(ROOT, 'src/runtime/here.ts')],
    '#prelude': [PRELUDE],
    ...Object.fromEntries(ENTRIES.map(({ name, source }) => [name, [join(ROOT, source)]])),
  },
};

/** The module that exports each name, from a program that imports them all. Earlier modules win: `Observable` comes from rxjs. */
function exportsOf(modules) {
  const file = join(ROOT, 'docs', 'exports.mts');
  const program = programOf(new Map([[file, modules.map((name, i) => `import * as m${i} from '${name}'; m${i};`).join('\n')]]));
  const checker = program.getTypeChecker();
  const found = new Map();
  for (const statement of program.getSourceFile(file).statements.filter(ts.isImportDeclaration)) {
    const symbol = checker.getSymbolAtLocation(statement.moduleSpecifier);
    for (const { name } of checker.getExportsOfModule(symbol)) if (!found.has(name)) found.set(name, statement.moduleSpecifier.text);
  }
  return { found, program };
}

function programOf(files, before) {
  const host = ts.createCompilerHost(settings);
  const { fileExists, readFile, getSourceFile } = host;
  const known = new Map();
  host.fileExists = (file) => files.has(file) || fileExists(file);
  host.readFile = (file) => files.get(file) ?? readFile(file);
  host.getSourceFile = (file, target, ...rest) => {
    if (files.has(file)) return ts.createSourceFile(file, files.get(file), target, true);
    if (!known.has(file)) known.set(file, before?.getSourceFile(file) ?? getSourceFile(file, target, ...rest));
    return known.get(file);
  };
  return ts.createProgram([PRELUDE, ...files.keys()], settings, host);
}

function main() {
  const { found, program } = exportsOf(['#prelude', 'rxjs', ...ENTRIES.map(({ name }) => name), 'vitest']);
  const blocks = pageFiles()
    .flatMap(blocksOf)
    .filter((block) => !block.excused && !runsAsExample(block));
  const files = new Map();
  const places = new Map();
  for (const block of blocks) {
    const { code, added } = asModule(block, found);
    const file = join(ROOT, `${block.file}.${block.line}.${block.language === 'ts' ? 'mts' : 'mjs'}`);
    files.set(file, code);
    places.set(file, { ...block, added });
  }
  const whole = programOf(files, program);
  const wrong = [...files.keys()].flatMap((file) => {
    const source = whole.getSourceFile(file);
    return [...whole.getSyntacticDiagnostics(source), ...whole.getSemanticDiagnostics(source)]
      .filter((problem) => !isOfOthers(problem) && !isOfStrictness(problem, file))
      .map((problem) => told(problem, places.get(file)));
  });
  for (const line of wrong) console.error(line);
  console.log(`${blocks.length} blocks of code, ${wrong.length} errors`);
  return wrong.length === 0;
}

/** JavaScript blocks have no types, so errors about possibly missing values are ignored. */
function isOfStrictness({ code, messageText }, file) {
  return (
    file.endsWith('.mjs') &&
    (/^(1804[78]|253[123])$/.test(code) || / \| undefined'/.test(ts.flattenDiagnosticMessageText(messageText, ' ')))
  );
}

/** An import of a package that is not installed for the tests (a Discord library) is no error; it has type `any`. */
function isOfOthers({ code, messageText }) {
  const name =
    code === 2307 || code === 7016 ? /module '([^'.#][^']*)'/.exec(ts.flattenDiagnosticMessageText(messageText, ' '))?.[1] : undefined;
  return name !== undefined && !name.startsWith('rxvoice') && !existsSync(join(ROOT, 'node_modules', name));
}

function told({ file, start, messageText, code }, { file: page, line, added }) {
  const at = file.getLineAndCharacterOfPosition(start ?? 0).line;
  return `${page}:${line + at - added}: TS${code}: ${ts.flattenDiagnosticMessageText(messageText, '\n')}`;
}

if (!main()) process.exitCode = 1;
