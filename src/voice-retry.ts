/** Joining again after errors for which that can help, and telling so. */
import { of, throwError, timer, type RetryConfig } from 'rxjs';
import { amount, count as wholeNumber, fields, functionOf, type Check } from './checks/check.js';
import { VoiceError, VoiceTimeoutError } from './errors.js';

/** How {@link voiceRetry} goes about it; every field has a default. */
export interface VoiceRetryOptions {
  /** Tries in a row, without a session between them. Default 5. */
  readonly count?: number;
  /** ms before the first; doubled for each further one, up to 30 s. Default 1000. */
  readonly delay?: number;
  /**
   * Is told of each error that is tried again, and when: without it nothing shows why there is no session yet. `console.warn` will do.
   * What it throws is reported as RxJS reports unhandled errors. Default: nobody is told.
   */
  readonly onRetry?: (error: VoiceError, retry: VoiceRetry) => void;
}

/** A try that is to be made. */
export interface VoiceRetry {
  /** Which one in a row, from 1. */
  readonly attempt: number;
  /** How many there may be. */
  readonly count: number;
  /** ms until it is made. */
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
 * Settings for RxJS' `retry` that join again after the errors for which that can help, and pass the others on:
 * `connectVoice$(…).pipe(useSession(…), retry(voiceRetry({ onRetry: console.warn })))`. It stands behind the use of the session: one that
 * fails takes what was made of it along, which a `retry` before it would not begin anew. A completion (somebody kicked the bot) is no error
 * and is not retried. What comes of the setup (a missing intent, UDP that is blocked) is no better for waiting: it is passed on when it
 * comes a second time in a row.
 *
 * ```
 * source   #  1s  #   2s   #  4s  S----      # an error that may pass; each is told to onRetry
 * source   d  1s  d                          d a timeout of `discovery`: the second is passed on
 * result   -------#
 * ```
 *
 * @throws VoiceOptionsError for options that are not what they must be
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
      // By a subscriber: RxJS then reports what the caller's function throws, and the retry is made all the same.
      if (onRetry !== undefined) of(error).subscribe((failed) => onRetry(failed, { attempt, count, delay: wait }));
      return timer(wait);
    },
  };
}

/** Whether an error is what the one before it was, by a cause that no waiting mends. */
function isSameCause(before: unknown, error: unknown): boolean {
  return error instanceof VoiceTimeoutError && error.lasting && before instanceof VoiceTimeoutError && before.lasting && before.stage === error.stage;
}
