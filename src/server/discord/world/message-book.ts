/** The messages of every channel. */
import type { Snowflake } from '../../../types.js';
import { ApiError } from '../plain/api-error.js';
import type { MessageRecord } from './records.js';

/** Which messages to list; at most 100. */
export interface MessagePage {
  readonly limit: number;
  readonly before?: Snowflake;
  readonly after?: Snowflake;
}

/** Messages by channel, in order of arrival. */
export class MessageBook {
  readonly #byChannel = new Map<Snowflake, Map<Snowflake, MessageRecord>>();

  add(message: MessageRecord): void {
    let channel = this.#byChannel.get(message.channelId);
    if (channel === undefined) this.#byChannel.set(message.channelId, (channel = new Map<Snowflake, MessageRecord>()));
    channel.set(message.id, message);
  }

  /** @throws ApiError */
  get(channelId: Snowflake, messageId: Snowflake): MessageRecord {
    const message = this.#byChannel.get(channelId)?.get(messageId);
    if (message === undefined) throw new ApiError('unknown message');
    return message;
  }

  remove(message: MessageRecord): void {
    this.#byChannel.get(message.channelId)?.delete(message.id);
  }

  /** The newest first, as Discord lists them, without ephemeral ones. */
  page(channelId: Snowflake, { limit, before, after }: MessagePage): readonly MessageRecord[] {
    const all = [...(this.#byChannel.get(channelId)?.values() ?? [])].filter(({ flags }) => (flags & EPHEMERAL) === 0);
    const older = before === undefined ? all : all.filter(({ id }) => BigInt(id) < BigInt(before));
    const newer = after === undefined ? older : older.filter(({ id }) => BigInt(id) > BigInt(after));
    return (after === undefined ? newer.slice(-limit) : newer.slice(0, limit)).reverse();
  }
}

/** Only the user who gave the command sees it. Source: Discord docs, Message Flags. */
export const EPHEMERAL = 1 << 6;
/** The bot is thinking. */
export const LOADING = 1 << 7;
