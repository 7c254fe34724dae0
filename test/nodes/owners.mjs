/** Checks, by the voice server's own account, whether a session ever had two owners at once. */

/** ms after it was woken in which a node finishes the call that it was stopped in. */
const FINISHES_MS = 100;

/**
 * Returns the complaints as texts; empty if there are none. If no session changed its owner, the account proves nothing: that is a complaint, too.
 *
 * A node that is stopped between its look at the lease and the system call sends that datagram when it is woken: no program can join the two. The voice server
 * refuses it, because the session has ended. One such datagram is excused each time a node is woken, if it came at once and nothing of that session was accepted later.
 *
 * @param rivalries the function of rxvoice/server
 * @param songs the number of sessions; there must be more owners than this
 * @param woken when stopped nodes were woken, by the clock of the accounts, in ms
 */
export function judgeOwners(sessions, rivalries, songs, woken = []) {
  const senders = sessions.filter(({ packets }) => packets > 0);
  const packets = senders.reduce((sum, session) => sum + session.packets, 0);
  const refused = sessions.reduce((sum, session) => sum + session.refused, 0);
  const wakes = new Set(woken);
  const rivals = rivalries(sessions).filter(({ older }) => !excused(older, wakes));
  console.log(`${senders.length} owners of ${songs} sessions sent ${packets} packets, and ${refused} that were refused; ${rivals.length} sent beside their successors`);
  const complaints = rivals.map(({ older, newer, overlap }) => `guild ${newer.guildId}: SSRC ${older.ssrc} still sent ${Math.round(overlap)} ms after ${newer.ssrc} had begun`);
  if (senders.length <= songs) complaints.push(`${senders.length} owners of ${songs} sessions: nothing has changed hands`);
  return complaints;
}

/** Takes the wake-up that explains it out of `wakes`: each excuses one datagram. */
function excused({ refused, ended, last }, wakes) {
  if (refused !== 1 || ended === null || last <= ended) return false;
  const wake = [...wakes].find((at) => last >= at && last < at + FINISHES_MS);
  return wakes.delete(wake);
}
