/** Subjects: who is spoken to, who speaks, and of which link. They are what NATS' permissions are given by. */
import { must } from '../checks/check.js';

/** A process of a bot, by the bot's user id and a name of its own. */
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

/** All that is said to a node. */
export function allToNode(prefix: string, node: string): string {
  return `${prefix}.node.${node}.*.*.*`;
}

/** Who speaks to a node, and of which link. */
export function speaker(subject: string): { readonly from: BotAddress; readonly link: string } {
  const [link = '', process = '', bot = ''] = subject.split('.').reverse();
  return { from: { bot, process }, link };
}

/** All that is said to a process of a bot. */
export function allToBot(prefix: string, { bot, process }: BotAddress): string {
  return `${prefix}.bot.${bot}.${process}.*.*`;
}
