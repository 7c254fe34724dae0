/** A temporary folder with the packed package, projects that install from it, and the processes that run in them. */
import { spawn } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const PROJECT = fileURLToPath(new URL('project', import.meta.url));
/** Time limits for an installation, and for a process that runs in it, in ms. */
const INSTALL_MS = 180_000;
const RUN_MS = 120_000;

/** Something cannot be installed; this is no fault of the package. */
export class Unavailable extends Error {}

export class Workbench {
  #folder;
  #tarball;
  #installed = new Map();
  #children = new Set();

  /** Packs the current build. */
  async open() {
    this.#folder = await mkdtemp(join(tmpdir(), 'rxvoice-packaging-'));
    await mkdir(join(this.#folder, 'tmp'));
    const { status, output } = await this.#npm(['pack', '--ignore-scripts', '--json', '--pack-destination', this.#folder], ROOT);
    if (status !== 0) throw new Error(`npm pack failed: ${output}`);
    const { name, version } = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8'));
    this.#tarball = join(this.#folder, `${name}-${version}.tgz`);
  }

  /** Kills running processes, and removes everything. */
  async close() {
    for (const child of this.#children) child.kill('SIGKILL');
    if (this.#folder !== undefined) await rm(this.#folder, { recursive: true, force: true, maxRetries: 3 });
  }

  /** The path of the packed package, to be installed. */
  get tarball() {
    return this.#tarball;
  }

  /** A folder with the round trip and these packages installed; made once for each name. */
  project(name, packages) {
    if (!this.#installed.has(name)) this.#installed.set(name, this.#install(name, packages));
    return this.#installed.get(name);
  }

  async #install(name, packages) {
    const folder = join(this.#folder, name);
    await cp(PROJECT, folder, { recursive: true });
    await writeFile(join(folder, 'package.json'), JSON.stringify({ name, private: true }));
    // Without scripts: no package here needs them, and a script could bring files from outside the registry.
    const options = ['--ignore-scripts', '--no-audit', '--no-fund', '--no-package-lock', '--prefer-offline'];
    const { status, output } = await this.#npm(['install', ...options, ...packages], folder);
    if (status !== 0) throw new Unavailable(`${packages.join(' ')} cannot be installed: ${gist(output)}`);
    return folder;
  }

  /** Runs a process to its end; one that exceeds its time limit is killed, and has no status. */
  run(command, args, { cwd, env = {}, ms = RUN_MS }) {
    // Without the variables of the caller's environment that would affect the processes under test.
    const { NODE_OPTIONS: _, NODE_PATH: __, ...outer } = process.env;
    const inner = {
      // Caches are kept in this folder, and removed with it.
      TMPDIR: join(this.#folder, 'tmp'),
      DENO_DIR: join(this.#folder, 'deno'),
      BUN_RUNTIME_TRANSPILER_CACHE_PATH: join(this.#folder, 'bun'),
      NO_COLOR: '1',
      CI: '1',
    };
    return new Promise((resolve) => {
      const child = spawn(command, args, { cwd, env: { ...outer, ...inner, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
      this.#children.add(child);
      const timer = setTimeout(() => child.kill('SIGKILL'), ms);
      let output = '';
      for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => (output += text));
      const end = (status, more = '') => {
        clearTimeout(timer);
        this.#children.delete(child);
        resolve({ status, output: output + more });
      };
      child.once('error', (error) => end(null, error.message));
      child.once('close', (status) => end(status, status === null ? `\nended after ${ms / 1_000} s` : ''));
    });
  }

  #npm(args, cwd) {
    // npm sets npm_execpath for the scripts that it runs.
    const script = process.env.npm_execpath;
    const [command, first] = script?.endsWith('.js') ? [process.execPath, [script]] : ['npm', []];
    return this.run(command, [...first, ...args], { cwd, ms: INSTALL_MS });
  }
}

/** Each tool is installed in a separate folder beside the project, so that one failed installation affects only that tool. */
export const tool = (bench, ...packages) => bench.project(`tool-${packages[0].replace(/\W/g, '-')}`, packages);

/** The most informative line of an output: the first that names an error. */
export function gist(output) {
  const lines = output.split('\n').map((line) => line.trim());
  return lines.find((line) => /Error: |ERR! |\b(cannot|must|unable)\b/i.test(line)) ?? lines.findLast((line) => line !== '') ?? 'no output';
}
