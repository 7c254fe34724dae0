/** The ways in which people load the package. Each has a `runtime`, a text `how`, and `prepare`, which returns the process to run. */
import { copyFile, readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { BUN, DENO, NODE_RUNTIMES, TYPESCRIPTS } from './runtimes.mjs';
import { tool } from './workbench.mjs';

const RXJS = 'rxjs@^7.8.0';
/** The banner that an ESM bundle by esbuild needs for the CommonJS packages in it: `ws` and `tweetnacl` require parts of Node. */
export const BANNER = "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);";
/** Packages that cannot be bundled, and must be installed beside the bundle. */
const BESIDE = ['@snazzah/davey', '@evan/opus'];
/** With CommonJS, jest must be told to transform the package, which is ESM. */
const TRANSFORMED = ['/node_modules/(?!rxvoice/)'];
export const VM_MODULES = { NODE_OPTIONS: '--experimental-vm-modules --no-warnings' };

/** A failure here means that the package itself cannot be installed, so it is rethrown as a plain error. */
const installed = (bench) =>
  bench.project('app', [bench.tarball, RXJS]).catch((error) => {
    throw new Error(error.message);
  });

const script = (file, ...flags) => async (bench, { binary }) => ({ command: binary, args: [...flags, file], cwd: await installed(bench) });

/** Runs a bundler, then its bundle in a folder that has only the packages that cannot be bundled. */
const bundled = (file, bundler) => async (bench, { binary }) => {
  const app = await installed(bench);
  await build(bench, bundler, app, file);
  const { dependencies } = JSON.parse(await readFile(join(app, 'node_modules/rxvoice/package.json'), 'utf8'));
  const cwd = await bench.project('bundled', BESIDE.map((name) => `${name}@${dependencies[name]}`));
  await copyFile(join(app, file), join(cwd, file));
  return { command: binary, args: [file], cwd };
};

/** Runs a bundler, then its bundle in the project, where the packages that it left out are installed. */
const inPlace = (file, bundler) => async (bench, { binary }) => {
  const cwd = await installed(bench);
  await build(bench, bundler, cwd, file);
  return { command: binary, args: [file], cwd };
};

/** Bundles the script of a worker thread, then runs a bot whose engine starts its threads from that bundle. */
const threaded = (file, bundler) => async (bench, { binary }) => {
  const cwd = await installed(bench);
  await build(bench, bundler, cwd, file, 'node_modules/rxvoice/dist/workers/worker.js');
  return { command: binary, args: ['threads.mjs', file], cwd };
};

async function build(bench, bundler, app, file, entry = 'main.mjs') {
  const { args, cwd } = await bundler(bench, app, file, entry);
  const { status, output } = await bench.run(process.execPath, args, { cwd });
  if (status !== 0) throw new Error(output);
}

const esbuild = (...flags) => async (bench, app, file, entry) => {
  const folder = await tool(bench, 'esbuild@^0.28.0');
  const options = ['--bundle', '--platform=node', '--log-level=warning', `--outfile=${file}`, ...flags];
  return { args: [join(folder, 'node_modules/esbuild/bin/esbuild'), entry, ...options], cwd: app };
};

/** @param output the options for the output location; default: one file */
const rollup = (format, output = (file) => ['--file', file]) => async (bench, app, file, entry) => {
  const plugins = ['@rollup/plugin-node-resolve', '@rollup/plugin-commonjs', '@rollup/plugin-json'];
  const cwd = await tool(bench, 'rollup@^4', ...plugins);
  const options = [...output(join(app, file)), '--format', format, '--silent', '-p', 'node-resolve={preferBuiltins:true}', '-p', 'commonjs,json'];
  return { args: [join(cwd, 'node_modules/rollup/dist/bin/rollup'), join(app, entry), ...options], cwd };
};

/** A thread imports the code that opens sources on demand, which gives a separate chunk. */
const inFolder = (file) => ['--dir', dirname(file), '--entryFileNames', '[name].mjs', '--chunkFileNames', '[name].mjs'];

const webpack = (settings) => async (bench, app, file) => {
  const cwd = await tool(bench, 'webpack@^5', 'webpack-cli@^6');
  const config = join(app, `webpack.${file}.json`);
  const output = { path: app, filename: file, ...settings.output };
  await writeFile(config, JSON.stringify({ mode: 'none', target: 'node20', context: app, entry: './main.mjs', ...settings, output }));
  return { args: [join(cwd, 'node_modules/webpack-cli/bin/cli.js'), '--config', config], cwd };
};
/** webpack replaces `import.meta.url` with a path of the build machine, unless told to leave it alone. */
const WEBPACK_ESM = {
  experiments: { outputModule: true },
  output: { module: true, chunkFormat: 'module' },
  module: { parser: { javascript: { importMeta: false } } },
};

const jest = (name, env, configure) => async (bench, { binary }) => {
  const cwd = await installed(bench);
  const folder = await tool(bench, 'jest@^30.5.0', '@babel/core@^7', '@babel/preset-env@^7');
  const { resolve } = createRequire(join(folder, 'package.json'));
  const config = join(cwd, `jest.${name}.json`);
  await writeFile(config, JSON.stringify({ rootDir: cwd, ...configure(resolve) }));
  return { command: binary, args: [join(folder, 'node_modules/jest/bin/jest.js'), '--config', config], cwd, env };
};

const babel = (resolve) => [resolve('babel-jest'), { presets: [[resolve('@babel/preset-env'), { targets: { node: 'current' } }]] }];
const jestImport = jest('import', VM_MODULES, () => ({ testMatch: ['**/*.test.mjs'], transform: {} }));
/** jest's settings for CommonJS; `resolve` finds its packages. */
export const babelTransform = (resolve) => ({ transform: { '\\.[cm]?js$': babel(resolve) }, transformIgnorePatterns: TRANSFORMED });
const jestRequire = jest('require', {}, (resolve) => ({ testMatch: ['**/*.test.cjs'], ...babelTransform(resolve) }));
const jestUntransformed = jest('untransformed', VM_MODULES, () => ({ testMatch: ['**/*.test.cjs'], transform: {} }));

const vitest = async (bench, { binary }) => {
  const cwd = await installed(bench);
  const folder = await tool(bench, 'vitest@^4');
  return { command: binary, args: [join(folder, 'node_modules/vitest/vitest.mjs'), 'run', '--globals', '--root', cwd, 'import.test.mjs'], cwd };
};

/**
 * Type-checks a bot that uses names of each entry, with all declaration files that it reaches. There is no `skipLibCheck`, which would hide
 * what an older compiler cannot read. Only Node's own types are installed beside it.
 */
const typed = (...flags) => async (bench, { binary }) => {
  const cwd = await bench.project('typed', [bench.tarball, RXJS, '@types/node@^20']);
  const strict = ['--noEmit', '--strict', '--exactOptionalPropertyTypes', '--noUncheckedIndexedAccess', '--types', 'node'];
  return { command: process.execPath, args: [binary, ...strict, '--target', 'es2022', '--lib', 'es2023', ...flags, 'bot.mts'], cwd, silent: true };
};

const [OWN] = NODE_RUNTIMES;
const on = (runtime, how, prepare) => ({ runtime, how, prepare });

/** In the order of the table. */
export const WAYS = [
  ...NODE_RUNTIMES.flatMap((node) => [on(node, '`import`', script('main.mjs')), on(node, '`require`', script('main.cjs'))]),
  on(BUN, '`import`', script('main.mjs')),
  on(BUN, '`require`', script('main.cjs')),
  on(DENO, '`import`', script('main.mjs', 'run', '--allow-all')),
  on(OWN, 'esbuild, CommonJS bundle', bundled('esbuild.cjs', esbuild('--format=cjs'))),
  on(OWN, 'esbuild, ESM bundle, with the banner', bundled('esbuild.mjs', esbuild('--format=esm', `--banner:js=${BANNER}`))),
  on(OWN, 'esbuild, ESM bundle, `--packages=external`', inPlace('external.mjs', esbuild('--format=esm', '--packages=external'))),
  on(OWN, 'rollup, CommonJS bundle', bundled('rollup.cjs', rollup('cjs'))),
  on(OWN, 'rollup, ESM bundle', bundled('rollup.mjs', rollup('es'))),
  on(OWN, 'esbuild, thread of `rxvoice/workers`', threaded('esbuild-thread.mjs', esbuild('--format=esm', `--banner:js=${BANNER}`))),
  on(OWN, 'rollup, thread of `rxvoice/workers`, `--dir`', threaded('rollup-thread/worker.mjs', rollup('es', inFolder))),
  on(OWN, 'webpack, CommonJS bundle', bundled('webpack.cjs', webpack({}))),
  on(OWN, 'webpack, ESM bundle, `importMeta: false`', bundled('webpack.mjs', webpack(WEBPACK_ESM))),
  on(OWN, 'vitest', vitest),
  on(OWN, 'jest, ES modules, with the flag', jestImport),
  on(OWN, 'jest, CommonJS, by babel-jest', jestRequire),
  ...NODE_RUNTIMES.filter(({ major }) => major >= 24).map((node) => on(node, 'jest, CommonJS, untransformed, with the flag', jestUntransformed)),
  ...TYPESCRIPTS.map((typescript) => on(typescript, 'types, `module: nodenext`', typed('--module', 'nodenext'))),
  on(TYPESCRIPTS[0], 'types, `moduleResolution: bundler`', typed('--module', 'esnext', '--moduleResolution', 'bundler')),
  on(TYPESCRIPTS.at(-1), 'types, `moduleResolution: bundler`', typed('--module', 'esnext', '--moduleResolution', 'bundler')),
];
