/** The declaration files as users see them, in a compiler program, and the exports of each entry of the package. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import ts from 'typescript';
import { DIST, isFreshBuild, ROOT } from './fresh-build.js';

export { ROOT };

const pkg = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { exports: Record<string, string | { types: string }> };

/** The entries that have types: all but `./package.json`. */
export const ENTRIES = Object.entries(pkg.exports).flatMap(([name, target]) =>
  typeof target === 'string' ? [] : [{ name, types: resolve(ROOT, target.types) }],
);
/** The entry `rxvoice` itself. */
export const MAIN = '.';

/** The declarations that a build would write now, by their paths in `dist`; `dist` is not changed. Uses the build's compiler, which takes a fifth of the time. */
function declarations(): Map<string, string> {
  // Compiling again would give the same.
  if (isFreshBuild()) return new Map();
  const folder = mkdtempSync(join(tmpdir(), 'rxvoice-types-'));
  try {
    const compilerOptions = {
      emitDeclarationOnly: true,
      noCheck: true,
      outDir: folder,
      rootDir: join(ROOT, 'src'),
      typeRoots: [join(ROOT, 'node_modules/@types')],
      paths: { '#here': [join(ROOT, 'src/runtime/here.ts')] },
    };
    const config = join(folder, 'tsconfig.json');
    writeFileSync(config, JSON.stringify({ extends: join(ROOT, 'tsconfig.json'), compilerOptions, include: [join(ROOT, 'src')] }));
    execFileSync(process.execPath, [join(ROOT, 'node_modules/typescript-7/bin/tsc'), '-p', config], { encoding: 'utf8' });
    const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.d.ts'));
    return new Map(names.map((name) => [join(DIST, name), readFileSync(join(folder, name), 'utf8')]));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** A program of these declarations, read as if they were on disk; without them, of the files on disk. */
function programOf(files: ReadonlyMap<string, string>): ts.Program {
  const options: ts.CompilerOptions = {
    target: ts.ScriptTarget.ES2023,
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    strict: true,
    skipLibCheck: true,
    noEmit: true,
  };
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

/** All of this package's code that an entry reaches, and what it imports. */
export const program = programOf(declarations());
export const checker = program.getTypeChecker();

/** The symbol behind its export and import aliases. */
export function meant(symbol: ts.Symbol): ts.Symbol {
  return symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
}

/** The exports of a declaration file, by their exported names. */
export function exportsOf(types: string): { readonly name: string; readonly symbol: ts.Symbol }[] {
  const module = checker.getSymbolAtLocation(program.getSourceFile(types)!)!;
  return checker.getExportsOfModule(module).map((symbol) => ({ name: symbol.name, symbol: meant(symbol) }));
}

export function isOurs({ declarations: [first] = [] }: ts.Symbol): boolean {
  return first !== undefined && first.getSourceFile().fileName.startsWith(DIST);
}
