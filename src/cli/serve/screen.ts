/** The output of `rxvoice serve`: a line for each event, and in a terminal the current state below. */
import type { Teller } from '../report.js';
import { LiveBlock } from '../terminal/live-block.js';
import { table } from '../terminal/table.js';
import type { Output } from '../terminal/terminal.js';
import { cut, paint } from '../terminal/text.js';
import type { ChannelEntry } from './call-book.js';
import { discordText } from './discord-text.js';
import type { ServeFact } from './serve.js';

/** The maximum width of a line; less in a narrower terminal. */
const MAX_COLUMNS = 100;

/** @param time the current time, as text for people */
export function serveScreen(out: Output, colour: boolean, time: () => string): Teller<ServeFact> {
  const room = (): number => Math.max(1, Math.min(out.columns || MAX_COLUMNS, MAX_COLUMNS) - 1);
  const block = new LiveBlock(out);
  const lines = (texts: readonly string[]): void => block.above(texts.map((line) => (out.isTTY === true ? cut(line, room()) : line)));
  return {
    tell: (fact) => {
      if (fact.type === 'listening') return lines(greeting(fact, colour));
      if (fact.type === 'channels') return block.draw(channelLines(fact.channels, room(), colour));
      const text = factText(fact);
      // In a terminal the block shows who speaks.
      if (text !== undefined && !(fact.type === 'speaking' && out.isTTY === true)) lines([`${paint(time(), 'faint', colour)}  ${text}`]);
    },
    end: () => block.end(),
  };
}

function greeting(fact: Extract<ServeFact, { readonly type: 'listening' }>, colour: boolean): string[] {
  const { gateway, voice, encrypted, api, token, guildId, lounge } = fact;
  const logIn = ['', `  REST      ${api}`, `  token     ${token}`, `  guild     ${guildId}, with alice in its lounge, ${lounge}`, ''];
  return [
    paint(`rxvoice serve: a gateway at ${gateway}, a voice server at ${voice}`, 'strong', colour),
    ...(api === undefined ? [] : logIn),
    encrypted ? 'calls are end-to-end encrypted, as at Discord: whoever is alone in one waits for a second' : 'calls are not end-to-end encrypted',
    '',
    ...(api === undefined ? [`  rxvoice record --gateway ${gateway}`, `  rxvoice play --gateway ${gateway} FILE`, ''] : []),
  ];
}

/** A fact as text; undefined if it does not interest people. */
export function factText(fact: Exclude<ServeFact, { readonly type: 'listening' | 'channels' }>): string | undefined {
  if (fact.type === 'discord' || fact.type === 'message' || fact.type === 'unsaid') return discordText(fact);
  const who = fact.userId === null ? 'somebody' : `user ${fact.userId}`;
  switch (fact.type) {
    case 'joined':
      return `${who} joins channel ${fact.channelId} of guild ${fact.guildId}`;
    case 'moved':
      return `${who} moves to channel ${fact.channelId}`;
    case 'left':
      return `${who} leaves channel ${fact.channelId}`;
    case 'select':
      return `${who} is connected (${fact.mode})`;
    case 'speaking':
      return `${who} ${fact.speaking ? 'begins' : 'ceases'} to speak`;
    case 'refused':
      return `${who} is refused at ${fact.stage}, with ${fact.code}`;
    case 'suspicious':
      return `${who} does something odd: ${fact.what}`;
    case 'bad-command':
      return `${who} sent something other than op 4`;
    case 'bad-datagram':
      return `${who} sent a datagram that was not taken: ${fact.reason}`;
    case 'unanswered':
      return `${who} asked for channel ${fact.channelId}, which is full or gone`;
    case 'dave':
      return fact.event.type === 'commit' ? `channel ${fact.channelId} has new keys (epoch ${fact.event.epoch})` : undefined;
    default:
      return undefined;
  }
}

/** The current state: each channel, and who is in it. */
export function channelLines(channels: readonly ChannelEntry[], room: number, colour: boolean): string[] {
  if (channels.length === 0) return [cut('nobody is here', room)];
  return channels.flatMap(({ guildId, channelId, members }) => {
    const rows = members.map(({ userId, connected, speaking, packets }) => [
      speaking ? paint('●', 'good', colour) : connected ? '○' : ' ',
      userId,
      speaking ? 'speaks' : connected ? 'listens' : 'connecting',
      `${packets} packets`,
    ]);
    const title = paint(`channel ${channelId} of guild ${guildId}`, 'strong', colour);
    return [title, ...table(rows, { right: [3] }).map((line) => `  ${line}`)].map((line) => cut(line, room));
  });
}
