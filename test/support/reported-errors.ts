/** What is reported as RxJS reports errors that nobody handles, for as long as the test runs. */
import { config } from 'rxjs';
import { onTestFinished } from 'vitest';

/** The errors, as they are reported: by a timer, real or virtual, after the call that they were thrown in. */
export function reportedErrors(): unknown[] {
  const errors: unknown[] = [];
  const before = config.onUnhandledError;
  config.onUnhandledError = (error: unknown) => void errors.push(error);
  onTestFinished(() => void (config.onUnhandledError = before));
  return errors;
}
