/** Makes a bot of a template: its files, those that all have, and a package.json. */
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const TEMPLATES = fileURLToPath(new URL('templates', import.meta.url));
const COMMON = 'common';

/** The two packages are released together, under one version. */
const { version } = JSON.parse(readFileSync(new URL('package.json', import.meta.url), 'utf8'));

/** What there is to choose. */
export const templates = readdirSync(TEMPLATES)
  .filter((name) => name !== COMMON)
  .sort();

/** A mistake of the caller's, to be told in a line. */
export class Misuse extends Error {}

/**
 * @param folder where; must be empty, or not there
 * @param template one of {@link templates}
 * @returns the folder, in full
 */
export function create(folder, template) {
  if (!templates.includes(template)) throw new Misuse(`there is no template '${template}'; there are ${templates.join(', ')}`);
  const target = resolve(folder);
  if (existsSync(target) && readdirSync(target).length > 0) throw new Misuse(`${target} is not empty`);
  mkdirSync(target, { recursive: true });
  for (const name of [COMMON, template]) cpSync(join(TEMPLATES, name), target, { recursive: true });
  // npm leaves files of this name out of a package.
  renameSync(join(target, '_gitignore'), join(target, '.gitignore'));
  writeFileSync(join(target, 'package.json'), `${JSON.stringify(manifest(basename(target)), null, 2)}\n`);
  return target;
}

function manifest(folder) {
  return {
    name:
      folder
        .toLowerCase()
        .replace(/[^a-z0-9-]+/g, '-')
        .replace(/^-+|-+$/g, '') || 'bot',
    private: true,
    type: 'module',
    scripts: {
      start: 'tsx src/bot.ts',
      rehearse: 'tsx src/rehearse.ts',
      test: 'tsc && vitest run',
    },
    dependencies: { 'discord.js': '^14.28.0', rxjs: '^7.8.2', rxvoice: `^${version}` },
    devDependencies: { '@types/node': '^22.0.0', tsx: '^4.20.0', typescript: '~5.9.0', vitest: '^4.1.0' },
  };
}
