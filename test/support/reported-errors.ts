/** Collects the unhandled errors that RxJS reports while the test runs. */
import { config } from 'rxjs';
import { onTestFinished } from 'vitest';

/** The errors as RxJS reports them: from a timer, real or virtual, after the call that threw. */
export function reportedErrors(): unknown[] {
  const errors: unknown[] = [];
  const before = config.onUnhandledError;
  config.onUnhandledError = (error: unknown) => void errors.push(error);
  onTestFinished(() => void (config.onUnhandledError = before));
  return errors;
}
