/** The packages that rxvoice needs: their versions, and whether RxJS is installed twice. */
import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { neededPackages } from '../../version.js';
import { bad, ok, warn, type Check, type Finding } from '../check.js';

export const packages: Check = {
  name: 'packages',
  run(): Finding {
    const versions = neededPackages().map((name) => ({ name, version: versionOf(name, import.meta.url) }));
    const told = versions.map(({ name, version }) => `${name} ${version ?? 'missing'}`).join(', ');
    const missing = versions.filter(({ version }) => version === undefined).map(({ name }) => name);
    if (missing.length === 0) return ok(told);
    return bad(told, `npm install ${missing.join(' ')}, in the folder of package.json`);
  },
};

/** @param folder the folder of the user's own code */
export function oneRxjs(folder: string): Check {
  return {
    name: 'rxjs',
    run(): Finding {
      const theirs = fileOf('rxjs', pathToFileURL(join(folder, 'x.js')).href);
      const ours = fileOf('rxjs', import.meta.url);
      if (theirs === undefined || ours === undefined || realpathSync(theirs) === realpathSync(ours)) return ok('one copy');
      return warn(
        `two copies: this folder has ${versionOf('rxjs', pathToFileURL(join(folder, 'x.js')).href) ?? 'one'}, and rxvoice another`,
        'npm dedupe, or the same version of rxjs in package.json (rxvoice wants ^7.8): a TestScheduler of one copy sees no timer of the other',
      );
    },
  };
}

/** The version of the package that `from` would load; undefined if there is none. */
export function versionOf(name: string, from: string): string | undefined {
  const file = fileOf(name, from);
  if (file === undefined) return undefined;
  // Some packages do not export package.json: find the one with that name in a folder above the file.
  for (let folder = dirname(file); folder !== dirname(folder); folder = dirname(folder)) {
    const path = join(folder, 'package.json');
    if (!existsSync(path)) continue;
    const about = JSON.parse(readFileSync(path, 'utf8')) as { readonly name?: unknown; readonly version?: unknown };
    if (about.name === name) return String(about.version);
  }
  return undefined;
}

function fileOf(name: string, from: string): string | undefined {
  try {
    return createRequire(from).resolve(name);
  } catch {
    return undefined;
  }
}
