/** Node, and the system that it runs on. */
import { availableParallelism, release } from 'node:os';
import { bad, ok, warn, type Check, type Finding } from '../check.js';

/** The minimum in `engines` of package.json. */
const LEAST: readonly [major: number, minor: number] = [20, 19];
const CURE = `install Node ${LEAST.join('.')} or newer`;

export const node: Check = {
  name: 'Node',
  run: () => nodeFinding(process.versions),
};

/** @param versions like `process.versions` */
export function nodeFinding(versions: Readonly<Record<string, string | undefined>>): Finding {
  const { node: version = '', bun, deno } = versions;
  const other = bun !== undefined ? `Bun ${bun}, as Node ` : deno !== undefined ? `Deno ${deno}, as Node ` : '';
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const old = major < LEAST[0] || (major === LEAST[0] && minor < LEAST[1]);
  return old ? bad(`${other}${version}`, CURE) : ok(`${other}${version}`);
}

export const system: Check = {
  name: 'system',
  run(): Finding {
    const cores = availableParallelism();
    const told = `${process.platform} ${process.arch}, ${release()}${libc()}, ${cores} ${cores === 1 ? 'core' : 'cores'}`;
    if (cores > 1) return ok(told);
    return warn(told, 'with one core, what else runs on the machine makes audio late: keep ffmpeg and builds off it while a bot plays');
  },
};

/** The C library decides which prebuilt binary is loaded. */
function libc(): string {
  if (process.platform !== 'linux') return '';
  const { header } = process.report.getReport() as { readonly header?: { readonly glibcVersionRuntime?: string } };
  return header?.glibcVersionRuntime === undefined ? ', musl' : `, glibc ${header.glibcVersionRuntime}`;
}
