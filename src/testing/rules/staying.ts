/** Rules for bots that do not leave: at the end, an empty channel, or a stream. */
import { bySeat, type Rule } from './rule.js';

/** How long (ms) a bot may stay alone, because somebody may come back. */
const ALONE_MS = 5 * 60_000;

export const staysBehind: Rule = ({ behind }) =>
  behind.map(
    ({ userId, guildId, channelId }) =>
      `bot ${userId} is still in channel ${channelId} of guild ${guildId} when everything is over that the test looks at: ` +
      'it forgets to leave, or somebody subscribes to connectVoice$ and does not unsubscribe. Make the session a part of the stream that is returned, and end it by useSession',
  );

/** Checked only if the bot has left: one that stays has timers anyway. */
export const leaksSubscription: Rule = ({ behind, listening, timers }) => {
  if (behind.length > 0) return [];
  const next = timers.slice(0, 3).map((at) => `${at} ms`).join(', '); // prettier-ignore
  const set = timers.length === 1 ? 'a timer is' : `${timers.length} timers are`;
  const over = 'everything was let go of that the test looks at';
  const cure = 'Somebody subscribes and does not unsubscribe: make it a part of the stream that is returned';
  return [
    ...listening.map((userId) => `the gateway of bot ${userId} is still subscribed to when ${over}. ${cure}`),
    ...(timers.length === 0 ? [] : [`${set} still set a minute after ${over}, the next at ${next}. ${cure}`]),
  ];
};

export const staysAlone: Rule = ({ journal, end }) =>
  bySeat(journal).flatMap((entries) => {
    const since = aloneSince(entries);
    if (since === undefined || end - since < ALONE_MS) return [];
    const minutes = Math.round((end - since) / 60_000);
    return [
      `the last member left guild ${entries[0]!.guildId} at ${since} ms, and ${minutes} minutes later the bot is still there: ` +
        'it forgets to leave an empty channel',
    ];
  });

/** Since when the bot is in a channel that all members have left; undefined if it is not in one, or nobody was ever there. */
function aloneSince(entries: ReturnType<typeof bySeat>[number]): number | undefined {
  const members = new Set<string>();
  let since: number | undefined;
  let inside = false;
  for (const entry of entries) {
    if (entry.type === 'command') inside = entry.channelId !== null;
    if (entry.type === 'kick') inside = false;
    if (entry.type !== 'member') continue;
    if (entry.inside) members.add(entry.memberId);
    else members.delete(entry.memberId);
    since = members.size === 0 ? entry.at : undefined;
  }
  return inside ? since : undefined;
}
