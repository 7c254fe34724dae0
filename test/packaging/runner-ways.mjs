/** The test runners that people use, and how each runs the tests of a bot. */
import { writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { NODE_RUNTIMES } from './runtimes.mjs';
import { VM_MODULES, babelTransform } from './ways.mjs';

const [OWN] = NODE_RUNTIMES;
const app = (bench) => bench.project('app', [bench.tarball, 'rxjs@^7.8.0']);
const tool = (bench, name, ...packages) => bench.project(`tool-${name}`, packages);

/** The version of a runner, for the table. */
const versionIn = (folder, name) => createRequire(join(folder, 'package.json'))(`${name}/package.json`).version;

const nodeTest = (file) => async (bench, { binary, version }) => ({ runner: `node:test of Node ${version}`, command: binary, args: ['--test', file], cwd: await app(bench) });

const vitest = async (bench, { binary }) => {
  const [cwd, folder] = [await app(bench), await tool(bench, 'vitest', 'vitest@^4')];
  const args = [join(folder, 'node_modules/vitest/vitest.mjs'), 'run', '--globals', '--root', cwd, 'kit.spec.mjs'];
  return { runner: `vitest ${versionIn(folder, 'vitest')}`, command: binary, args, cwd };
};

const mocha = (file) => async (bench, { binary }) => {
  const [cwd, folder] = [await app(bench), await tool(bench, 'mocha', 'mocha@^11')];
  return { runner: `mocha ${versionIn(folder, 'mocha')}`, command: binary, args: [join(folder, 'node_modules/mocha/bin/mocha.js'), file], cwd };
};

const jest = (name, file, env, configure) => async (bench, { binary }) => {
  const [cwd, folder] = [await app(bench), await tool(bench, 'jest', 'jest@^30.5.0', '@babel/core@^7', '@babel/preset-env@^7')];
  const config = join(cwd, `jest.${name}.json`);
  await writeFile(config, JSON.stringify({ rootDir: cwd, testMatch: [`**/${file}`], ...configure(createRequire(join(folder, 'package.json')).resolve) }));
  const args = [join(folder, 'node_modules/jest/bin/jest.js'), '--config', config];
  return { runner: `jest ${versionIn(folder, 'jest')}`, command: binary, args, cwd, env };
};

const untransformed = () => ({ transform: {} });
const on = (runtime, how, prepare) => ({ runtime, how, prepare });

/** In the order of the table. */
export const RUNNERS = [
  on(OWN, 'ES modules', vitest),
  on(OWN, 'ES modules, with the flag', jest('kit-import', 'kit.spec.mjs', VM_MODULES, untransformed)),
  on(OWN, 'CommonJS, by babel-jest', jest('kit-require', 'kit.spec.cjs', {}, babelTransform)),
  ...NODE_RUNTIMES.filter(({ major }) => major >= 24).map((node) => on(node, 'CommonJS, untransformed, with the flag', jest('kit-plain', 'kit.spec.cjs', VM_MODULES, untransformed))),
  ...NODE_RUNTIMES.flatMap((node) => [on(node, 'ES modules', nodeTest('kit.node.mjs')), on(node, 'CommonJS', nodeTest('kit.node.cjs'))]),
  on(OWN, 'ES modules', mocha('kit.spec.mjs')),
  on(OWN, 'CommonJS', mocha('kit.spec.cjs')),
];
