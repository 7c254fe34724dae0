/** The voice server's own account: whether there were ever two owners of a session. */

/**
 * What speaks against it, in words; empty where nothing does. An account in which nothing changed hands proves nothing, and is a complaint, too.
 *
 * @param rivalries of rxvoice/server
 * @param songs how many sessions there are to be at least
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
