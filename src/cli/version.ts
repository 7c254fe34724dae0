/** The version of rxvoice, and the packages that it needs. */
import { readFileSync } from 'node:fs';

interface Manifest {
  readonly version: string;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly peerDependencies: Readonly<Record<string, string>>;
}

/** Reads package.json, which has the same relative path from `src` and `dist`. */
function manifest(): Manifest {
  return JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as Manifest;
}

export function version(): string {
  return manifest().version;
}

/** The names of the required packages. */
export function neededPackages(): string[] {
  const { dependencies, peerDependencies } = manifest();
  return [...Object.keys(peerDependencies), ...Object.keys(dependencies)];
}
