/** Rules for bots that send op 4 in the wrong place, or too often. */
import type { JournalEntry } from '../world/journal.js';
import { bySeat, type Rule } from './rule.js';

type Command = Extract<JournalEntry, { readonly type: 'command' }>;
/** A join this soon (ms) after a kick was not requested by anybody. */
const FIGHT_MS = 60_000;
/** More commands in this time (ms) than any bot needs. Discord closes with 4008 above 120 payloads of all kinds in a minute. */
const FLOOD = { commands: 20, ms: 10_000 };

const isCommand = (entry: JournalEntry): entry is Command => entry.type === 'command';

export const fightsKick: Rule = ({ journal }) =>
  bySeat(journal).flatMap((entries) =>
    entries.flatMap((entry, i) => {
      if (entry.type !== 'kick') return [];
      const after = entries.slice(i + 1);
      const back = after.find((other) => isCommand(other) && other.channelId !== null && other.at - entry.at < FIGHT_MS);
      if (back === undefined || after.slice(0, after.indexOf(back)).some(({ type }) => type === 'told')) return [];
      return [
        `the bot was disconnected from guild ${entry.guildId} at ${entry.at} ms, and joins again at ${back.at} ms, which nobody asked it to: ` +
          'it fights a kick. connectVoice$ completes after one: repeat() begins anew then, retry() does not',
      ];
    }),
  );

export const leavesElsewhere: Rule = ({ journal }) => {
  const commands = journal.filter(isCommand);
  return commands.flatMap((command, i) => {
    if (command.channelId !== null) return [];
    const before = commands.slice(0, i).filter(({ userId }) => userId === command.userId);
    if ((before.findLast(({ guildId }) => guildId === command.guildId)?.channelId ?? null) !== null) return [];
    const guilds = [...new Set(before.map(({ guildId }) => guildId))];
    const inside = guilds.filter((guild) => before.findLast(({ guildId }) => guildId === guild)!.channelId !== null);
    const where = inside.length === 0 ? 'it is in no channel at all' : `it is in ${inside.map((guild) => `guild ${guild}`).join(', ')}`;
    return [`at ${command.at} ms the bot leaves guild ${command.guildId}, where it is in no channel; ${where}: it leaves the wrong guild`];
  });
};

export const floodsGateway: Rule = ({ journal }) => {
  const all = journal.filter(isCommand);
  return [...new Set(all.map(({ userId }) => userId))].flatMap((userId) => {
    const commands = all.filter((command) => command.userId === userId);
    const last = commands.find(({ at }, i) => i >= FLOOD.commands && at - commands[i - FLOOD.commands]!.at < FLOOD.ms);
    if (last === undefined) return [];
    const much = `more than ${FLOOD.commands} times within ${FLOOD.ms / 1_000} s, until ${last.at} ms`;
    return [
      `bot ${userId} sends op 4 ${much}: it floods the gateway, which Discord closes with 4008 then. Let a retry wait: retry(voiceRetry())`,
    ];
  });
};
