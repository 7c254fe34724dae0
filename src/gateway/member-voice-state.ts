/** VOICE_STATE_UPDATE of another user. */
import { field, isSnowflake } from '../protocol/payloads.js';
import type { MemberVoiceState } from '../types.js';

/** Undefined for a payload without a valid user id. A channel that is neither an id nor null counts as no channel. */
export function readMemberVoiceState(d: unknown): MemberVoiceState | undefined {
  const userId = field(d, 'user_id');
  const channelId = field(d, 'channel_id');
  if (!isSnowflake(userId)) return undefined;
  return {
    userId,
    channelId: isSnowflake(channelId) ? channelId : null,
    suppressed: field(d, 'suppress') === true,
    connectedAt: readTime(field(d, 'connected_at')),
  };
}

/** An ISO 8601 text, like all times from Discord, or ms since 1970; null for anything else. */
function readTime(value: unknown): number | null {
  const ms = typeof value === 'string' ? Date.parse(value) : value;
  return typeof ms === 'number' && Number.isFinite(ms) ? ms : null;
}
