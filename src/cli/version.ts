/** Which rxvoice this is, and what it needs. */
import { readFileSync } from 'node:fs';

interface Manifest {
  readonly version: string;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly peerDependencies: Readonly<Record<string, string>>;
}

/** Of package.json, which lies at the same place beside `src` and `dist`. */
function manifest(): Manifest {
  return JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as Manifest;
}

export function version(): string {
  return manifest().version;
}

/** The names of the packages that must be there. */
export function neededPackages(): string[] {
  const { dependencies, peerDependencies } = manifest();
  return [...Object.keys(peerDependencies), ...Object.keys(dependencies)];
}
