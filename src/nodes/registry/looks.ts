/**
 * When to look again whether a session that another node has is free. A node that ends lets go within a moment, which is heard as a gap; one
 * that is dead keeps what it had until its lease has run out, and thousands may wait for that at once.
 *
 * ```
 * it is draining   l-l-l-l-l-...-l---l----l-----l       20 ms for 300 ms, then a fifth of what was waited, a second at most
 * it is not        l-l-----------------------l-------l    once for what is being given back at that moment; then as long again as was waited, 600 ms to a second
 * ```
 */
const SOON_MS = 20;
const SOON_FOR_MS = 300;
/** The least that is waited for a lease to run out: what is asked meanwhile is asked of one server by all that wait. */
const LATE_MS = 600;
const LAST_MS = 1_000;
/** Of what was waited, the share by which who looks may be late. */
const SHARE = 0.2;

/**
 * ms until the next look.
 *
 * @param waited ms since the first
 * @param soon whether the other node is about to let go
 */
export function untilNextLook(waited: number, soon: boolean): number {
  if (waited < (soon ? SOON_FOR_MS : SOON_MS)) return SOON_MS;
  return Math.min(LAST_MS, soon ? waited * SHARE : Math.max(LATE_MS, waited));
}
