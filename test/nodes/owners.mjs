/** Checks, by the voice server's own account, whether a session ever had two owners at once. */

/**
 * Returns the complaints as texts; empty if there are none. If no session changed its owner, the account proves nothing: that is a complaint, too.
 *
 * @param rivalries the function of rxvoice/server
 * @param songs the number of sessions; there must be more owners than this
 */
export function judgeOwners(sessions, rivalries, songs) {
  const senders = sessions.filter(({ packets }) => packets > 0);
  const packets = senders.reduce((sum, session) => sum + session.packets, 0);
  const refused = sessions.reduce((sum, session) => sum + session.refused, 0);
  const rivals = rivalries(sessions);
  console.log(`${senders.length} owners of ${songs} sessions sent ${packets} packets, and ${refused} that were refused; ${rivals.length} sent beside their successors`);
  const complaints = rivals.map(({ older, newer, overlap }) => `guild ${newer.guildId}: SSRC ${older.ssrc} still sent ${Math.round(overlap)} ms after ${newer.ssrc} had begun`);
  if (senders.length <= songs) complaints.push(`${senders.length} owners of ${songs} sessions: nothing has changed hands`);
  return complaints;
}
