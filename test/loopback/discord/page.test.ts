/** docs/discord.md, held to its word: its example runs, and its list of routes is the table. */
import { readFileSync } from 'node:fs';
import * as discordJs from 'discord.js';
import * as rxjs from 'rxjs';
import { expect, it } from 'vitest';
import * as adapters from '../../../src/adapters/index.js';
import * as rxvoice from '../../../src/index.js';
import type { RestContext } from '../../../src/server/discord/rest/context.js';
import { allRoutes } from '../../../src/server/discord/rest/routes/index.js';
import * as server from '../../../src/server/index.js';

const MODULES: Readonly<Record<string, object>> = {
  'discord.js': discordJs,
  rxjs,
  rxvoice,
  'rxvoice/adapters': adapters,
  'rxvoice/server': server,
};
const PAGE = readFileSync('docs/discord.md', 'utf8');

it('the example plays, and says what it says', async () => {
  const code = /```js\n([\s\S]*?)```/.exec(PAGE)![1]!.replace(/^import (\{[^}]*\}) from '([^']+)';$/gm, "const $1 = modules['$2'];");
  const said: string[] = [];
  const AsyncFunction = (async () => undefined).constructor as new (...args: string[]) => (...args: unknown[]) => Promise<void>;
  await new AsyncFunction('modules', 'console', code)(MODULES, { log: (...values: unknown[]) => said.push(values.join(' ')) });
  expect(said).toEqual([/console\.log\(.*\/\/ (.*)/.exec(code)![1]]);
});

it('every route is listed, and no other', () => {
  const table = allRoutes({ world: {} } as RestContext).map(({ method, path }) => `${method.padEnd(6)} ${path}`);
  const listed = /```\n(GET[\s\S]*?)```/.exec(PAGE)![1]!.trim().split('\n');
  expect([...listed].sort()).toEqual([...table].sort());
});
