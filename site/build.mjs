/** `npm run site`: builds the documentation site in `site/dist`. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { forMachines } from './for-machines.mjs';
import { SITE, stage } from './stage.mjs';

if (!existsSync(join(SITE, 'node_modules/vitepress'))) {
  console.error('The site has packages of its own: npm ci --prefix site');
  process.exit(1);
}
stage();
const { status } = spawnSync(process.execPath, [join(SITE, 'node_modules/vitepress/bin/vitepress.js'), 'build', SITE], {
  stdio: 'inherit',
});
if (status === 0) forMachines();
process.exitCode = status ?? 1;
