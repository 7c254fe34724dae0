/** The output of a command, and what may stop it. The only file that uses the process's own streams, signals and environment. */
import { filter, fromEvent, map, merge, NEVER, Observable, ReplaySubject } from 'rxjs';
import { keysOf, type Key } from './keys.js';

/** A terminal, or any other output. */
export interface Output {
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly rows?: number;
  write(text: string): unknown;
}

/** A reason to end the command before it is done. */
export interface Stop {
  readonly reason: 'interrupted' | 'terminated' | 'hung up' | 'nobody reads the output any more' | 'the output cannot be written';
  /** The exit status: for a signal, the one that a shell uses. */
  readonly status: number;
  /** Whether it is a signal, which the user may repeat to force the end. */
  readonly signal: boolean;
}

export interface Terminal {
  readonly out: Output;
  readonly colour: boolean;
  /** While it is subscribed, a signal stops the command instead of the process. */
  readonly stop$: Observable<Stop>;
  /** The typed keys, while it is subscribed. Never emits if input or output is not a terminal. */
  readonly keys$: Observable<Key>;
  /** Whether {@link keys$} can emit. */
  readonly typed: boolean;
  /** Environment variables, including secrets. */
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** 128 plus the number of the signal. */
const SIGNALS: readonly (readonly [signal: NodeJS.Signals, stop: Stop])[] = [
  ['SIGHUP', { reason: 'hung up', status: 129, signal: true }],
  ['SIGINT', { reason: 'interrupted', status: 130, signal: true }],
  ['SIGTERM', { reason: 'terminated', status: 143, signal: true }],
];
/** The status of SIGPIPE, which Node ignores. */
const UNREAD: Stop = { reason: 'nobody reads the output any more', status: 141, signal: false };
const UNWRITABLE: Stop = { reason: 'the output cannot be written', status: 1, signal: false };

/** The streams, the signals and the environment of this process. Call it only once. */
export function processTerminal(): Terminal {
  const { stdin, stdout, env } = process;
  // Replayed, because a pipe may break before anybody subscribes. Without a listener it would be an uncaught error.
  const broken$ = new ReplaySubject<Stop>(1);
  stdout.on('error', ({ code }: NodeJS.ErrnoException) => broken$.next(code === 'EPIPE' ? UNREAD : UNWRITABLE));
  const typed = stdin.isTTY === true && stdout.isTTY === true;
  return {
    out: stdout,
    // See no-color.org.
    colour: stdout.isTTY === true && !env['NO_COLOR'],
    stop$: merge(broken$, ...SIGNALS.map(([signal, stop]) => fromEvent(process, signal).pipe(map(() => stop)))),
    keys$: typed ? keys$(stdin).pipe(filter(unlessForTheSystem)) : NEVER,
    typed,
    env,
  };
}

/** Single keys without echo, which is raw mode. Raw mode ends with the subscription, and while the process is suspended. */
function keys$(stdin: NodeJS.ReadStream): Observable<Key> {
  return new Observable((subscriber) => {
    const read = (data: Buffer): void => keysOf(data.toString('utf8')).forEach((key) => subscriber.next(key));
    const raw = (): void => void stdin.setRawMode(true);
    raw();
    stdin.on('data', read).resume();
    process.on('SIGCONT', raw);
    return () => {
      process.off('SIGCONT', raw);
      stdin.off('data', read).pause();
      stdin.setRawMode(false);
    };
  });
}

/** In raw mode Ctrl-C and Ctrl-Z arrive as keys, so send their signals ourselves. */
function unlessForTheSystem(key: Key): boolean {
  if (key === 'interrupt') process.kill(process.pid, 'SIGINT');
  else if (key === 'suspend') {
    process.stdin.setRawMode(false);
    process.kill(process.pid, 'SIGTSTP');
  } else return true;
  return false;
}
