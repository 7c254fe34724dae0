/** What a command writes to, and what may stop it: the one file that knows the process's own streams and signals. */
import { fromEvent, map, merge, ReplaySubject, type Observable } from 'rxjs';

/** A terminal, or whatever the output goes to. */
export interface Output {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

/** Somebody wants the command to end before it is done. */
export interface Stop {
  readonly reason: 'interrupted' | 'terminated' | 'nobody reads the output any more' | 'the output cannot be written';
  /** The exit status: for a signal, what a shell makes of one. */
  readonly status: number;
}

export interface Terminal {
  readonly out: Output;
  readonly colour: boolean;
  /** While it is subscribed, a signal stops the command and not the process. */
  readonly stop$: Observable<Stop>;
}

/** 128 and the number of the signal. */
const INTERRUPTED: Stop = { reason: 'interrupted', status: 130 };
const TERMINATED: Stop = { reason: 'terminated', status: 143 };
/** As SIGPIPE would have ended us, which Node ignores. */
const UNREAD: Stop = { reason: 'nobody reads the output any more', status: 141 };
const UNWRITABLE: Stop = { reason: 'the output cannot be written', status: 1 };

/** Standard output, and the signals of this process. To be called once. */
export function processTerminal(): Terminal {
  const { stdout } = process;
  // Remembered: a pipe may break before anybody asks. Without a listener it would be an uncaught error.
  const broken$ = new ReplaySubject<Stop>(1);
  stdout.on('error', ({ code }: NodeJS.ErrnoException) => broken$.next(code === 'EPIPE' ? UNREAD : UNWRITABLE));
  return {
    out: stdout,
    // See no-color.org.
    colour: stdout.isTTY === true && !process.env['NO_COLOR'],
    stop$: merge(
      broken$,
      fromEvent(process, 'SIGINT').pipe(map(() => INTERRUPTED)),
      fromEvent(process, 'SIGTERM').pipe(map(() => TERMINATED)),
    ),
  };
}
