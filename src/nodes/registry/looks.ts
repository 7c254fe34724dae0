/**
 * When to look again whether a session of another node is free. A draining node gives it back within moments, and each delay is heard as a gap. A dead
 * node keeps its sessions until its lease has expired, and thousands may wait for that at once.
 *
 * ```
 * it is draining   l-l-l-l-l-...-l---l----l-----l       every 20 ms for 300 ms, then a fifth of the time waited so far, a second at most
 * it is not        l-l-----------------------l-------l    once after 20 ms, in case it is just being given back; then the time waited so far, 600 ms to a second
 * ```
 */
const SOON_MS = 20;
const SOON_FOR_MS = 300;
/** The shortest pause while waiting for a lease to expire. All that wait ask the same server. */
const LATE_MS = 600;
const LAST_MS = 1_000;
/** The pause as a share of the time waited so far: a session that becomes free is found at most that late. */
const SHARE = 0.2;

/**
 * Returns the ms until the next look.
 *
 * @param waited ms since the first look
 * @param soon whether the other node is about to give the session back
 */
export function untilNextLook(waited: number, soon: boolean): number {
  if (waited < (soon ? SOON_FOR_MS : SOON_MS)) return SOON_MS;
  return Math.min(LAST_MS, soon ? waited * SHARE : Math.max(LATE_MS, waited));
}
