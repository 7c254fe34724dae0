/** Calls into an MLS library, which may throw for any bytes from outside. */

/** A value, or what was thrown and its text. */
export type Result<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly reason: string; readonly error: unknown };

/** Calls, and turns an exception into a reason. */
export function resultOf<T>(call: () => T): Result<T> {
  try {
    return { ok: true, value: call() };
  } catch (error) {
    return { ok: false, reason: error instanceof Error ? error.message : String(error), error };
  }
}
