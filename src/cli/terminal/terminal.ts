/** What a command writes to, and what may stop it: the one file that knows the process's own streams, signals and environment. */
import { filter, fromEvent, map, merge, NEVER, Observable, ReplaySubject } from 'rxjs';
import { keysOf, type Key } from './keys.js';

/** A terminal, or whatever the output goes to. */
export interface Output {
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly rows?: number;
  write(text: string): unknown;
}

/** Somebody wants the command to end before it is done. */
export interface Stop {
  readonly reason: 'interrupted' | 'terminated' | 'hung up' | 'nobody reads the output any more' | 'the output cannot be written';
  /** The exit status: for a signal, what a shell makes of one. */
  readonly status: number;
  /** Whether somebody asked for it, who may ask again, and insist. */
  readonly signal: boolean;
}

export interface Terminal {
  readonly out: Output;
  readonly colour: boolean;
  /** While it is subscribed, a signal stops the command and not the process. */
  readonly stop$: Observable<Stop>;
  /** What is typed, key by key, while it is subscribed. Nothing where nobody sits at a keyboard, or would see what it does. */
  readonly keys$: Observable<Key>;
  /** Whether {@link keys$} may have something to say. */
  readonly typed: boolean;
  /** Environment variables. Secrets are among them. */
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** 128 and the number of the signal. */
const SIGNALS: readonly (readonly [signal: NodeJS.Signals, stop: Stop])[] = [
  ['SIGHUP', { reason: 'hung up', status: 129, signal: true }],
  ['SIGINT', { reason: 'interrupted', status: 130, signal: true }],
  ['SIGTERM', { reason: 'terminated', status: 143, signal: true }],
];
/** As SIGPIPE would have ended us, which Node ignores. */
const UNREAD: Stop = { reason: 'nobody reads the output any more', status: 141, signal: false };
const UNWRITABLE: Stop = { reason: 'the output cannot be written', status: 1, signal: false };

/** The streams, the signals and the environment of this process. To be called once. */
export function processTerminal(): Terminal {
  const { stdin, stdout, env } = process;
  // Remembered: a pipe may break before anybody asks. Without a listener it would be an uncaught error.
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

/** Keys one by one and unseen, which is raw mode. Left with the subscription, and while the process is suspended. */
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

/** In raw mode Ctrl-C and Ctrl-Z are keys like others; what they stand for is the signal. */
function unlessForTheSystem(key: Key): boolean {
  if (key === 'interrupt') process.kill(process.pid, 'SIGINT');
  else if (key === 'suspend') {
    process.stdin.setRawMode(false);
    process.kill(process.pid, 'SIGTSTP');
  } else return true;
  return false;
}
