/** Checks of the packed package: by tools that find packaging errors, and by its size. */
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { create, templates } from '../../create-rxvoice/create.mjs';
import { BUDGET } from './budget.mjs';
import { ROOT, tool } from './workbench.mjs';

/** A check by a tool from the registry. It fails by the tool's exit status; the result includes the tool's version. */
const gate = (title, packages, bin, args, cwd) => ({
  title,
  async check(bench) {
    const folder = await tool(bench, ...packages);
    const script = join(folder, 'node_modules', packages[0].replace(/(?<=.)@[^@]*$/, ''), bin);
    const { status, output } = await bench.run(process.execPath, [script, ...args(bench)], { cwd: cwd ?? folder });
    return status === 0 ? '' : output;
  },
});

/** Whether every resolver of ES modules finds all entries, with their formats. Strict: suggestions count as errors, too. */
const publint = gate('publint', ['publint@^0.3.21'], 'src/cli.js', (bench) => ['run', bench.tarball, '--strict']);

/** Whether the types match the code. The profile is `esm-only`, because CommonJS requires this ESM package directly. */
const attw = gate('are the types wrong', ['@arethetypeswrong/cli@^0.18.5'], 'dist/index.js', (bench) => [
  bench.tarball,
  '--profile',
  'esm-only',
  '--no-emoji',
]);

/** Files, exports and dependencies that nothing uses, in the repository itself. */
const knip = gate(
  'knip',
  ['knip@^6.40.0', 'typescript@~5.9', '@types/node@^20'],
  'bin/knip.js',
  () => ['--directory', ROOT, '--no-progress'],
  ROOT,
);

const size = {
  title: 'size',
  async check(bench) {
    const folder = join(await bench.project('sized', [bench.tarball, '--omit=peer', '--no-save']), 'node_modules/rxvoice');
    const names = await readdir(folder, { recursive: true });
    const sizes = await Promise.all(names.map((name) => stat(join(folder, name))));
    const files = sizes.filter((entry) => entry.isFile());
    const found = {
      files: files.length,
      unpackedBytes: files.reduce((sum, entry) => sum + entry.size, 0),
      packedBytes: (await stat(bench.tarball)).size,
    };
    const over = Object.entries(found).filter(([name, value]) => value > BUDGET[name]);
    return over
      .map(([name, value]) => `Error: ${name} are ${value}, more than the ${BUDGET[name]} of test/packaging/budget.mjs`)
      .join('\n');
  },
};

/** Checks a template as `npm create rxvoice` makes it: types, tests and rehearsal, without a token. */
const created = (template) => ({
  title: `create-rxvoice, ${template}`,
  async check(bench) {
    // Installed in the parent folder of the bots, where all of them find their packages, which are the same.
    const packages = ['rxjs@^7.8.2', 'discord.js@^14.28.0', '@types/node@^22', 'tsx@^4.20.0', 'typescript@~5.9', 'vitest@^4.1.0'];
    const cwd = create(join(await bench.project('created', [bench.tarball, ...packages]), template), template);
    for (const script of ['test', 'rehearse']) {
      const { status, output } = await bench.run('npm', ['run', script], { cwd });
      if (status !== 0) return output;
    }
    return '';
  },
});

/** Each has a `title`, and a `check` that returns what is wrong, or ''. */
export const GATES = [size, publint, attw, knip, ...templates.map(created)];
