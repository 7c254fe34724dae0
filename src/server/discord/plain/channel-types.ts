/** Kinds of channels by name. Source: Discord docs, Channel Types. */

/** The kinds that exist here, and their numbers. */
export const CHANNEL_TYPES = { text: 0, dm: 1, voice: 2, category: 4, announcement: 5, stage: 13 } as const;

/** A kind of channel. */
export type ChannelKind = keyof typeof CHANNEL_TYPES;

/** Whether members can talk in it. */
export function isVoiceType(type: number): boolean {
  return type === CHANNEL_TYPES.voice || type === CHANNEL_TYPES.stage;
}

/** Whether messages can be sent to it. Voice channels and stages have a chat too. */
export function isTextType(type: number): boolean {
  return type !== CHANNEL_TYPES.category && (Object.values(CHANNEL_TYPES) as readonly number[]).includes(type);
}
