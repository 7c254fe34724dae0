/** JavaScript runtimes: this Node, other versions, Bun and Deno, with binaries from packages of the npm registry. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Unavailable } from './workbench.mjs';

/** Each range starts at the first release that can `require()` this package. */
const NODES = ['^20.19.0', '^22.12.0', '^24.9.0'];
const OWN = Number.parseInt(process.versions.node, 10);
const majorOf = (range) => Number(/\d+/.exec(range)[0]);
/** The range that this Node replaces, so that the number of rows is the same on every version. */
const MINE = NODES.findLast((range) => majorOf(range) <= OWN);

const platform = process.platform === 'win32' ? 'win' : process.platform;
const exe = process.platform === 'win32' ? '.exe' : '';

/** A runtime: its name, and `open`, which returns its binary and version. */
const own = { title: 'Node', major: OWN, open: async () => ({ binary: process.execPath, version: process.versions.node }) };

const otherNodes = NODES.filter((range) => range !== MINE).map((range) => ({
  title: 'Node',
  major: majorOf(range),
  range,
  open: (bench) => packaged(bench, `node-${platform}-${process.arch}`, range, `bin/node${exe}`),
}));

/** This Node first, then the others from old to new. */
export const NODE_RUNTIMES = [own, ...otherNodes];

const libc = process.platform === 'linux' ? (process.report.getReport().header.glibcVersionRuntime === undefined ? 'musl' : 'glibc') : '';
const cpu = { x64: 'x64', arm64: 'aarch64' }[process.arch];
const bun = `@oven/bun-${process.platform === 'win32' ? 'windows' : process.platform}-${cpu}${libc === 'musl' ? '-musl' : ''}`;
const deno = `@deno/${process.platform}-${process.arch}${libc === '' ? '' : `-${libc}`}`;

export const BUN = { title: 'Bun', range: '^1', open: (bench) => packaged(bench, bun, '^1', `bin/bun${exe}`) };
export const DENO = { title: 'Deno', range: '^2', open: (bench) => packaged(bench, deno, '^2', `deno${exe}`) };

async function packaged(bench, name, range, path) {
  const folder = await bench.project(`${name.replace(/\W/g, '-')}${range.replace(/\W/g, '-')}`, [`${name}@${range}`]);
  const installed = join(folder, 'node_modules', name);
  const { version } = JSON.parse(await readFile(join(installed, 'package.json'), 'utf8'));
  const binary = join(installed, path);
  const { status, output } = await bench.run(binary, ['--version'], { cwd: folder });
  if (status !== 0) throw new Unavailable(`${name} does not run here: ${output.trim()}`);
  return { binary, version };
}

/** The compilers, starting with the oldest that can read the types. */
const VERSIONS = ['~5.4', '~5.5', '~5.6', '~5.7', '~5.8', '~5.9', '~6.0', '^7.0.0'];
export const TYPESCRIPTS = VERSIONS.map((range) => ({ title: 'TypeScript', range, open: (bench) => typescript(bench, range) }));

async function typescript(bench, range) {
  const folder = await bench.project(`typescript${range.replace(/\W/g, '-')}`, [`typescript@${range}`]);
  const { version } = JSON.parse(await readFile(join(folder, 'node_modules/typescript/package.json'), 'utf8'));
  return { binary: join(folder, 'node_modules/typescript/bin/tsc'), version };
}
