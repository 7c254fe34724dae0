/** Payloads of messages and commands. Source: Discord docs, Message, Application Commands. */
import { createdAt } from '../plain/snowflakes.js';
import { userPayload } from './guild-payloads.js';
import type { CommandRecord, MessageRecord } from './records.js';

/** Types of messages: a plain one, a reply to another, an answer to a command. */
const DEFAULT = 0;
const REPLY = 19;
const CHAT_INPUT_COMMAND = 20;

/** A message. */
export interface MessagePayload {
  readonly id: string;
  readonly channel_id: string;
  readonly content: string;
  /** Bit 6: only the user who gave the command sees it. Bit 7: the bot is thinking. */
  readonly flags: number;
  readonly author: { readonly id: string; readonly username: string; readonly bot: boolean };
  readonly embeds: readonly unknown[];
  readonly components: readonly unknown[];
  readonly attachments: readonly object[];
  /** All other fields of a message. */
  readonly [field: string]: unknown;
}

/** A message with all its content. */
export function messagePayload(message: MessageRecord, applicationId: string): MessagePayload {
  const { id, channelId, author, content, editedAt, flags, embeds, components, attachments, replyTo, interaction, nonce } = message;
  const type = interaction?.type === 2 ? CHAT_INPUT_COMMAND : replyTo === null ? DEFAULT : REPLY;
  const mentions = { mentions: [], mention_roles: [], mention_everyone: false };
  return {
    id, channel_id: channelId, type, content, author: userPayload(author), timestamp: createdAt(id), edited_timestamp: editedAt,
    tts: false, pinned: false, ...mentions, attachments, embeds, components, flags,
    ...(nonce === null ? {} : { nonce }),
    ...(replyTo === null ? {} : { message_reference: { type: 0, channel_id: channelId, message_id: replyTo } }),
    ...(interaction === null ? {} : interactionParts(interaction, applicationId)),
  }; // prettier-ignore
}

function interactionParts({ id, type, name, user }: NonNullable<MessageRecord['interaction']>, applicationId: string): object {
  return {
    webhook_id: applicationId,
    application_id: applicationId,
    interaction: { id, type, name, user: userPayload(user) },
    interaction_metadata: { id, type, user: userPayload(user), authorizing_integration_owners: {} },
  };
}

/** A message for a shard without the intent MESSAGE_CONTENT, if it is not the bot's own and does not mention it. */
export function withoutContent(message: object): object {
  return { ...message, content: '', embeds: [], components: [], attachments: [] };
}

/** A command, with defaults for missing fields of its definition. */
export function commandPayload({ id, guildId, version, type, definition }: CommandRecord, applicationId: string): object {
  const defaults = {
    description: '',
    options: [],
    default_member_permissions: null,
    nsfw: false,
    contexts: null,
    integration_types: [0],
    dm_permission: true,
  };
  return {
    ...defaults,
    name_localizations: null,
    description_localizations: null,
    ...definition,
    type,
    id,
    version,
    application_id: applicationId,
    ...(guildId === null ? {} : { guild_id: guildId }),
  };
}
