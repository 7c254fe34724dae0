/** NATS subjects. They contain the receiver, the sender and the link, because NATS grants permissions by subject. */
import { must } from '../checks/check.js';

/** A process of a bot: the bot's user id and the name of the process. */
export interface BotAddress {
  readonly bot: string;
  readonly process: string;
}

export const checkPrefix = must('a name of letters, digits, - and _', (value) => typeof value === 'string' && /^[\w-]{1,64}$/.test(value));

/** `PREFIX.node.NODE.BOT.PROCESS.LINK` */
export function toNode(prefix: string, node: string, { bot, process }: BotAddress, link: string): string {
  return `${prefix}.node.${node}.${bot}.${process}.${link}`;
}

/** `PREFIX.bot.BOT.PROCESS.NODE.LINK` */
export function toBot(prefix: string, { bot, process }: BotAddress, node: string, link: string): string {
  return `${prefix}.bot.${bot}.${process}.${node}.${link}`;
}

/** Matches all messages to a node. */
export function allToNode(prefix: string, node: string): string {
  return `${prefix}.node.${node}.*.*.*`;
}

/** The sender and the link of a message to a node, read from its subject. */
export function speaker(subject: string): { readonly from: BotAddress; readonly link: string } {
  const [link = '', process = '', bot = ''] = subject.split('.').reverse();
  return { from: { bot, process }, link };
}

/** Matches all messages to a process of a bot. */
export function allToBot(prefix: string, { bot, process }: BotAddress): string {
  return `${prefix}.bot.${bot}.${process}.*.*`;
}
