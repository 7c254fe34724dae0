/** Runs the command line in a separate process, with real pipes, files and terminals. `npm test` builds it. */
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

export const MAIN = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));
/** Node arguments for a process whose clock stands still while the process is stalled. */
export const IN_PROCESS_TIME = ['--import', new URL('process-time.mjs', import.meta.url).href];

export interface Ended {
  readonly status: number | null;
  readonly out: string;
  readonly err: string;
}

/** A process that runs or has ended. */
export interface Running {
  readonly child: ChildProcess;
  /** The standard output so far. */
  readonly out: () => string;
  /** Resolves when the output matches; rejects if the process ends without a match. */
  readonly until: (pattern: RegExp) => Promise<RegExpExecArray>;
  readonly ended: Promise<Ended>;
}

const children = new Set<ChildProcess>();

/** Kills processes that a failed test has left behind. */
export function endAll(): void {
  for (const child of children) child.kill('SIGKILL');
}

export type Environment = Readonly<Record<string, string | undefined>>;

/** Starts a command. The DISCORD_TOKEN of the person running the tests is not passed on. */
export function start(command: string, args: readonly string[], cwd: string, env: Environment = {}): Running {
  const child = spawn(command, args, { cwd, stdio: ['pipe', 'pipe', 'pipe'], env: { ...process.env, FORCE_COLOR: undefined, DISCORD_TOKEN: undefined, ...env } });
  children.add(child);
  child.once('close', () => children.delete(child));
  let out = '';
  child.stdout.setEncoding('utf8').on('data', (part: string) => (out += part));
  // Writing to a process that is gone already.
  child.stdin.on('error', () => undefined);
  const ended = Promise.all([text(child.stderr), once(child, 'close') as Promise<[number | null]>]).then(([err, [status]]) => ({ status, out, err }));
  const until = (pattern: RegExp): Promise<RegExpExecArray> =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        const found = pattern.exec(out);
        if (found !== null) resolve(found);
      };
      look();
      child.stdout.on('data', look);
      void ended.then(({ err }) => reject(new Error(`it ended without ${String(pattern)}; it wrote\n${out}\n${err}`)));
    });
  return { child, out: () => out, until, ended };
}

/** Starts `rxvoice` with these arguments. */
export function rxvoice(args: readonly string[], cwd: string, env: Environment = {}): Running {
  return start(process.execPath, [...IN_PROCESS_TIME, MAIN, ...args], cwd, env);
}

/** Runs a line in bash, as a user would type it. `rxvoice` is the command; with `pipefail`, a failing command in a pipe sets the status. */
export function shell(line: string, cwd: string, env: Environment = {}): Running {
  return start('bash', ['-c', `set -o pipefail; rxvoice() { '${process.execPath}' ${IN_PROCESS_TIME.join(' ')} '${MAIN}' "$@"; }; ${line}`], cwd, env);
}

/** Runs `rxvoice` in a terminal of `columns` columns; writes to `child.stdin` are typed. Undefined if no terminal is available. */
export function terminal(args: readonly string[], columns: number, cwd: string, env: Environment = {}): Running | undefined {
  if (process.platform !== 'linux' || !hasScript()) return undefined;
  const quoted = [process.execPath, ...IN_PROCESS_TIME, MAIN, ...args].map((part) => `'${part}'`).join(' ');
  return start('script', ['-qec', `stty cols ${columns}; ${quoted}`, '/dev/null'], cwd, env);
}

let script: boolean | undefined;
function hasScript(): boolean {
  try {
    script ??= execFileSync('script', ['--version'], { encoding: 'utf8' }).includes('util-linux');
  } catch {
    script = false;
  }
  return script;
}

/** Parses the output lines of `--json`. */
export function jsonLines(out: string): readonly (Readonly<Record<string, unknown>> & { readonly type: string })[] {
  return out
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Readonly<Record<string, unknown>> & { readonly type: string });
}
