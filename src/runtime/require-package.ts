/**
 * Packages that are required at run time instead of imported, because they contain a file that is not JavaScript (`.node`, `.wasm`): a bundler would
 * leave that file out, or refuse it. Packages that are required stay in `node_modules`, next to the bundle or to this code.
 */
// Not imported by name: webpack replaces createRequire() where it sees it imported, and the banner at the top of esbuild's ESM bundles declares it
// again.
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
 * Requires a package synchronously: a promise would not run in the virtual time of a marble test.
 *
 * @param from the file, or its URL, from whose folder it is resolved. Default: the location of this code, bundled or not
 * @throws PackageError if it is not installed there, its copy is broken, or this is a bundle that cannot know its location
 */
export function requirePackage(name: string, from: string | null = here): unknown {
  return found(name, from, (require) => require(name) as unknown);
}

/**
 * The path of a file in a package that is not a module, resolved in the same way.
 *
 * @param name the package, and the path inside it
 * @throws PackageError like {@link requirePackage}
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

/** Whether the package itself was not found, and not a module that it requires. */
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

/** The package of a path: `@scope/name` for `@scope/name/path/in/it`. */
function packageOf(name: string): string {
  return name
    .split('/')
    .slice(0, name.startsWith('@') ? 2 : 1)
    .join('/');
}

/** The first line of a message: Node's messages continue with a list of every path that was tried. */
export function firstLine(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split('\n', 1)[0]!;
}
