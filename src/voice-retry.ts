/** Joins again after errors for which that can help, and reports each try. */
import { of, throwError, timer, type RetryConfig } from 'rxjs';
import { amount, count as wholeNumber, fields, functionOf, type Check } from './checks/check.js';
import { VoiceError, VoiceTimeoutError } from './errors.js';

/** Options of {@link voiceRetry}; every field has a default. */
export interface VoiceRetryOptions {
  /** The maximum number of tries in a row, that is, without a session in between. Default 5. */
  readonly count?: number;
  /** Delay before the first try, in ms; doubled for each further try, up to 30 s. Default 1000. */
  readonly delay?: number;
  /**
   * Called with each error that is followed by a try, and with that try. Without it, nothing shows why there is no session yet. `console.warn` will
   * do. What it throws is reported as RxJS reports unhandled errors. Default: none.
   */
  readonly onRetry?: (error: VoiceError, retry: VoiceRetry) => void;
}

/** The try that follows an error. */
export interface VoiceRetry {
  /** Its number in a row, from 1. */
  readonly attempt: number;
  /** The maximum number of tries in a row. */
  readonly count: number;
  /** ms until it starts. */
  readonly delay: number;
}

const MAX_DELAY = 30_000;
const checkOptions = fields({
  count: (name, value) => {
    if (value !== Infinity) wholeNumber('a whole number of tries, 0 or more, or Infinity', 0)(name, value);
  },
  delay: amount('ms, 0 or more', 0),
  onRetry: functionOf('that is given an error, such as console.warn'),
} satisfies Readonly<Record<keyof VoiceRetryOptions, Check>>);

/**
 * Settings for RxJS' `retry`. They join again after errors for which that can help (`retryable`), and pass other errors on:
 * `connectVoice$(…).pipe(useSession(…), retry(voiceRetry({ onRetry: console.warn })))`.
 *
 * Put `retry` after `useSession`: when a session fails, the stream made from it ends too, and a `retry` before `useSession` would not start that
 * stream again. A completion (somebody kicked the bot) is not an error and is not retried. An error of the setup (a missing intent,
 * blocked UDP) does not get better by waiting: it is passed on when it comes a second time in a row.
 *
 * ```
 * source   #  1s  #   2s   #  4s  S----      # a retryable error; onRetry is called with each
 * source   d  1s  d                          d a timeout of `discovery`: the second is passed on
 * result   -------#
 * ```
 *
 * @throws VoiceOptionsError if an option is wrong
 */
export function voiceRetry(options: VoiceRetryOptions = {}): RetryConfig {
  checkOptions('', options);
  const { count = 5, delay = 1_000, onRetry } = options;
  let before: unknown;
  return {
    count,
    resetOnSuccess: true,
    delay: (error: unknown, attempt) => {
      const again = attempt > 1 && isSameCause(before, error);
      before = error;
      if (!(error instanceof VoiceError) || !error.retryable || again) return throwError(() => error);
      const wait = Math.min(delay * 2 ** (attempt - 1), MAX_DELAY);
      // Called from a subscriber, so that RxJS reports what the caller's function throws, and the retry still happens.
      if (onRetry !== undefined) of(error).subscribe((failed) => onRetry(failed, { attempt, count, delay: wait }));
      return timer(wait);
    },
  };
}

/** Whether an error has the same lasting cause as the one before it, which waiting does not fix. */
function isSameCause(before: unknown, error: unknown): boolean {
  return error instanceof VoiceTimeoutError && error.lasting && before instanceof VoiceTimeoutError && before.lasting && before.stage === error.stage;
}
