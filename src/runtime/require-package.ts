/**
 * Packages that are required at run time instead of imported, because they bring a file that is no JavaScript (`.node`, `.wasm`):
 * a bundler would leave that file behind, or refuse it. Required, they stay in `node_modules`, beside the bundle as beside us.
 */
// Not by its name: webpack takes createRequire() for its own where it sees it imported, and the line that esbuild's ESM bundles have at
// their top declares it once more.
import module from 'node:module';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { here } from '#here';

/** A package could not be required. The message names the cause and the cure. */
export class PackageError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
  }
}

/**
 * Requires a package, synchronously: a promise would not be virtual in a marble test.
 *
 * @param from the file, or its URL, from whose folder it is looked for. Default: where this code lies, bundled or not
 * @throws PackageError: not installed there, no sound copy of it, or a bundle that cannot know where it lies
 */
export function requirePackage(name: string, from: string | null = here): unknown {
  return found(name, from, (require) => require(name) as unknown);
}

/**
 * The path of a file in a package that is no module, looked for in the same way.
 *
 * @param name the package, and the path inside it
 * @throws PackageError as {@link requirePackage}
 */
export function packageFile(name: string, from: string | null = here): string {
  return found(name, from, (require) => require.resolve(name));
}

function found<T>(name: string, from: string | null, by: (require: NodeJS.Require) => T): T {
  if (from === null) {
    throw new PackageError(
      `'${name}' cannot be looked for: this bundle has neither 'import.meta.url' nor '__filename'. ` +
        `Bundle for Node, as ESM or CommonJS (esbuild: --platform=node --format=esm or cjs)`,
    );
  }
  try {
    return by(module.createRequire(from));
  } catch (error) {
    throw new PackageError(isMissing(error, name) ? missing(name, from) : broken(name, error), { cause: error });
  }
}

/** Whether it is the package that was not found, and not something that it requires in turn. */
function isMissing(error: unknown, name: string): boolean {
  return error instanceof Error && 'code' in error && /MODULE_NOT_FOUND$/.test(String(error.code)) && firstLine(error).includes(`'${name}'`);
}

function missing(name: string, from: string): string {
  const folder = dirname(from.startsWith('file:') ? fileURLToPath(from) : from);
  return (
    `'${packageOf(name)}' is not installed in ${folder}, nor in a folder above it. Install it there with 'npm install ` +
    `${packageOf(name)}'; a bundle needs it in the node_modules beside it, for it brings a file that no bundle holds`
  );
}

function broken(name: string, error: unknown): string {
  return (
    `'${packageOf(name)}' is installed and could not be loaded (${firstLine(error)}). Install it anew, optional dependencies ` +
    `included, on a machine like the one it runs on: it must hold a file for ${process.platform}-${process.arch}`
  );
}

/** `@scope/name/path/in/it` is of the package `@scope/name`. */
function packageOf(name: string): string {
  return name
    .split('/')
    .slice(0, name.startsWith('@') ? 2 : 1)
    .join('/');
}

/** The texts of Node go on with a list of every path that was tried. */
export function firstLine(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split('\n', 1)[0]!;
}
